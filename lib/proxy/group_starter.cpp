#include "proxy/group_starter.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace merlon {
namespace {

constexpr std::array<std::string_view, 5> kBrokerVariables{"HOME", "PATH", "TMPDIR",
                                                           "XDG_RUNTIME_DIR", "XDG_STATE_HOME"};

/// Everything is prepared before the fork: between fork and exec nothing may be allocated.
struct BrokerPlan {
  const char* program{nullptr};
  char* const* argv{nullptr};
  char* const* environment{nullptr};
};

/// In the process that becomes the broker.
[[noreturn]] void become_broker(const BrokerPlan& plan) {
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0 || ::dup2(null, STDIN_FILENO) < 0 || ::dup2(null, STDOUT_FILENO) < 0 ||
      ::dup2(null, STDERR_FILENO) < 0 || ::chdir("/") != 0 || ::close_range(3, ~0U, 0) != 0) {
    ::_exit(1);
  }
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD}) {
    ::sigaction(signal, &standard, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.program, plan.argv, plan.environment);
  ::_exit(1);
}

/// Two forks, so that the broker is nobody's child; waits for the first one, which ends at once.
Status fork_broker(const BrokerPlan& plan) {
  const pid_t between = ::fork();
  if (between < 0) {
    return fail(ErrorCode::kProcess,
                "cannot start a broker: ", std::generic_category().message(errno));
  }
  if (between == 0) {
    if (::setsid() < 0) {
      ::_exit(1);
    }
    const pid_t broker = ::_Fork();  // no handlers of other threads' making in this copy
    if (broker == 0) {
      become_broker(plan);
    }
    ::_exit(broker < 0 ? 1 : 0);
  }
  int status = 0;
  while (::waitpid(between, &status, 0) < 0) {
    if (errno != EINTR) {
      // Somebody else of this process has waited for it; the broker runs or the next try tells.
      return {};
    }
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0
             ? Status()
             : fail(ErrorCode::kProcess, "cannot start a broker: the system has no process for it");
}

}  // namespace

std::vector<EnvironmentVariable> broker_environment(const VariableLookup& variable) {
  std::vector<EnvironmentVariable> out;
  for (const std::string_view name : kBrokerVariables) {
    if (auto value = variable(name)) {
      out.push_back({.name = std::string(name), .value = *std::move(value)});
    }
  }
  return out;
}

GroupClient::StartBroker start_broker_program(std::string program, std::string group,
                                              std::vector<EnvironmentVariable> environment) {
  return [program = std::move(program), group = std::move(group),
          environment = std::move(environment)]() -> Status {
    // One word, so that a name may begin with a dash.
    std::vector<std::string> words{program, "broker", "--group=" + group};
    std::vector<std::string> variables;
    variables.reserve(environment.size());
    for (const EnvironmentVariable& one : environment) {
      variables.push_back(one.name + "=" + one.value);
    }
    const auto pointers_to = [](std::vector<std::string>& texts) {
      std::vector<char*> out;
      out.reserve(texts.size() + 1);
      for (std::string& text : texts) {
        out.push_back(text.data());
      }
      out.push_back(nullptr);
      return out;
    };
    const std::vector<char*> argv = pointers_to(words);
    const std::vector<char*> variable_pointers = pointers_to(variables);
    return fork_broker(
        {.program = program.c_str(), .argv = argv.data(), .environment = variable_pointers.data()});
  };
}

}  // namespace merlon
