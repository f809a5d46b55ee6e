#include "process_env.h"

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <system_error>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"
#include "commands.h"
#include "exit_code.h"

namespace merlon::cli {
namespace {

Result<std::string> read_standard_input(std::uint64_t max_bytes) {
  std::string text;
  std::string chunk(std::size_t{64} << 10, '\0');
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(ErrorCode::kIo,
                  "cannot read standard input: ", std::generic_category().message(errno));
    }
    if (got == 0) {
      return text;
    }
    if (text.size() + static_cast<std::size_t>(got) > max_bytes) {
      return fail(ErrorCode::kLimit, "standard input has more than ", std::to_string(max_bytes),
                  " bytes");
    }
    text.append(chunk, 0, static_cast<std::size_t>(got));
  }
}

std::optional<std::string> process_variable(std::string_view name) {
  // Nothing in merlon changes the environment.
  const char* value =
      std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe): read-only
  if (value == nullptr) {
    return std::nullopt;
  }
  return std::string(value);
}

/// Ends the process at once; nothing is half-written because output files are renamed into place.
extern "C" void on_interrupt(int /*signal*/) {
  ::_exit(kInterrupted);
}

void set_up_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  // A closed pipe (`merlon scan | head`) is an error of the stream, not the death of the process.
  ::sigaction(SIGPIPE, &action, nullptr);
  struct sigaction old{};
  ::sigaction(SIGINT, nullptr, &old);
  // Who starts us with SIGINT ignored (nohup, a shell's background job) wants it ignored.
  if (old.sa_handler != SIG_IGN) {
    action.sa_handler = on_interrupt;
    ::sigaction(SIGINT, &action, nullptr);
  }
}

int report_bug(std::string_view what) {
  std::cerr << "merlon: error[internal]: " << escape_for_display(what)
            << "\nmerlon: hint: this is a bug in merlon; please report it with the command line, "
               "the output of "
               "`merlon --version` and, if you may share it, the input\n";
  return kBug;
}

/// Results that could not be written must not look like success.
int flush_results(int code) {
  std::cout.flush();
  if (std::cout.good()) {
    return code;
  }
  // A reader that went away (`merlon scan | head -1`) knows; nobody else needs to be told.
  struct pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  const bool reader_left = ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
  if (!reader_left) {
    std::cerr << "merlon: error[io]: cannot write to standard output\n";
  }
  return code == kBug ? code : kEnvironment;
}

}  // namespace

int run_process(int argc, char** argv) {
  set_up_signals();
  std::ios::sync_with_stdio(false);
  try {
    const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto files = make_disk_files();
    Env env{.out = std::cout,
            .err = std::cerr,
            .read_stdin = read_standard_input,
            .files = *files,
            .clock = system_clock(),
            .variable = process_variable,
            .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
            .err_is_terminal = ::isatty(STDERR_FILENO) == 1};
    return flush_results(run(env, args));
  } catch (const std::bad_alloc&) {
    std::cerr << "merlon: error[limit]: out of memory\n";
    return kEnvironment;
  } catch (const std::exception& error) {
    return report_bug(error.what());
  } catch (...) {
    return report_bug("an exception of unknown type");
  }
}

}  // namespace merlon::cli
