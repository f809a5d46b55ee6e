#include "proxy/secret_source.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process/child_process.h"
#include "base/process/private_folder.h"
#include "base/process/unique_fd.h"
#include "base/text.h"
#include "manifest/shell_words.h"

namespace merlon {
namespace {

constexpr std::chrono::milliseconds kSecretCommandEnd{1000};

std::string secret_reason(int error) {
  return std::generic_category().message(error);
}

std::unexpected<Error> wrong_choice(std::string_view name, std::string_view what) {
  Error error = make_error(ErrorCode::kUsage, "the secret `", escape_for_display(name), "` ", what);
  error.hints.emplace_back(
      "`--secret NAME=file:PATH`, `--secret NAME=cmd:COMMAND` or "
      "`--secret NAME=keyring:SERVICE/ACCOUNT`");
  return std::unexpected(std::move(error));
}

/// On the open file, so that it cannot be exchanged in between.
Status check_secret_file(int fd, const std::string& shown) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) {
    return fail(ErrorCode::kIo, "cannot stat `", shown, "`: ", secret_reason(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", shown, "` is not a regular file");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return fail(ErrorCode::kBadConfig, "the secret in `", shown, "` belongs to another user");
  }
  if ((status.st_mode & 0077U) != 0) {
    Error error = make_error(ErrorCode::kBadConfig, "the secret in `", shown,
                             "` can be used by others than its owner");
    error.hints.push_back("`chmod 600 " + shown + "`");
    return std::unexpected(std::move(error));
  }
  return {};
}

Result<std::string> secret_of_file(const std::string& path, const SecretBounds& bounds) {
  const std::string shown = escape_for_display(path);
  // Without waiting for whoever would write to a FIFO.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.open()) {
    return fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "cannot open `", shown,
                "`: ", secret_reason(errno));
  }
  MERLON_CHECK(check_secret_file(fd.get(), shown));
  MERLON_TRY(std::string text, read_small(fd.get(), bounds.bytes));
  if (text.size() > bounds.bytes) {
    return fail(ErrorCode::kLimit, "the secret in `", shown, "` has more than ",
                std::to_string(bounds.bytes), " bytes");
  }
  return text;
}

Result<std::string> secret_of_command(const SecretChoice& choice,
                                      std::span<const EnvironmentVariable> environment,
                                      const Clock& clock, const SecretBounds& bounds) {
  const std::string program = escape_for_display(choice.argv.front());
  MERLON_TRY(const auto child,
             ChildProcess::start({.argv = choice.argv,
                                  .environment = {environment.begin(), environment.end()},
                                  .folder = ""},
                                 clock));
  const auto deadline = clock.steady() + bounds.patience;
  std::string text;
  auto event = ChildProcess::Event::kOutput;
  while (event == ChildProcess::Event::kOutput && text.size() <= bounds.bytes) {
    event = child->wait_output(deadline, text);
  }
  if (text.size() > bounds.bytes) {
    return fail(ErrorCode::kLimit, "`", program, "` wrote more than ", std::to_string(bounds.bytes),
                " bytes as the secret `", choice.name, "`");
  }
  if (event == ChildProcess::Event::kDeadline) {
    return fail(ErrorCode::kLimit, "`", program, "` did not tell the secret `", choice.name,
                "` within ",
                counted(static_cast<std::uint64_t>(bounds.patience.count() / 1000), "second"));
  }
  const Ending ending =
      child->end({.after_input_end = kSecretCommandEnd, .after_sigterm = kSecretCommandEnd});
  if (!ending.status || *ending.status != ExitStatus{}) {
    Error error =
        make_error(ErrorCode::kProcess, "`", program, "` did not tell the secret `", choice.name,
                   "`: ", ending.status ? to_string(*ending.status) : "it had to be killed");
    error.hints.emplace_back(
        "what it says is not shown, for it may hold the secret; run it by hand");
    return std::unexpected(std::move(error));
  }
  return text;
}

}  // namespace

Result<SecretChoice> parse_secret_choice(std::string_view word) {
  const std::size_t equals = word.find('=');
  SecretChoice out;
  out.name = word.substr(0, equals);
  if (equals == std::string_view::npos) {
    return wrong_choice(out.name, "has no source");
  }
  const std::string_view source = word.substr(equals + 1);
  const std::size_t colon = source.find(':');
  const std::string_view kind = source.substr(0, colon);
  const std::string_view rest =
      colon == std::string_view::npos ? std::string_view() : source.substr(colon + 1);
  if (rest.empty() || rest.find('\0') != std::string_view::npos) {
    // What stands there may be the secret itself: it is not shown.
    return wrong_choice(out.name, "has no source that is known");
  }
  if (kind == "file") {
    out.place = rest;
  } else if (kind == "cmd") {
    out.kind = SecretKind::kCommand;
    out.argv = split_shell_words(rest);
  } else if (kind == "keyring") {
    const std::size_t slash = rest.rfind('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) {
      return wrong_choice(out.name, "names no service and account");
    }
    out.kind = SecretKind::kKeyring;
    out.argv = {"secret-tool", "lookup",
                "service",     std::string(rest.substr(0, slash)),
                "account",     std::string(rest.substr(slash + 1))};
  } else {
    return wrong_choice(out.name, "has no source that is known");
  }
  if (out.kind == SecretKind::kCommand && out.argv.empty()) {
    return wrong_choice(out.name, "has an empty command");
  }
  return out;
}

Result<std::string> read_secret(const SecretChoice& choice,
                                std::span<const EnvironmentVariable> environment,
                                const Clock& clock, const SecretBounds& bounds) {
  std::string value;
  if (choice.kind == SecretKind::kFile) {
    MERLON_TRY(value, secret_of_file(choice.place, bounds));
  } else {
    MERLON_TRY(value, secret_of_command(choice, environment, clock, bounds));
  }
  for (const char end : {'\n', '\r'}) {
    if (value.ends_with(end)) {
      value.pop_back();
    }
  }
  return value;
}

}  // namespace merlon
