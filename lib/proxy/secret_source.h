#pragma once
/// Where the value of a secret comes from that only the server is to have.
///
///   MERLON_TRY(const SecretChoice choice, parse_secret_choice("TOKEN=cmd:pass show work/token"));
///   MERLON_TRY(const std::string value, read_secret(choice, environment, clock));
///
/// No message holds a value, nor what a command wrote.
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/process/environment.h"
#include "base/result.h"

namespace merlon {

enum class SecretKind : std::uint8_t {
  kFile,     ///< of this user or root, closed to everybody else
  kCommand,  ///< its standard output; started without a shell
  kKeyring,  ///< `secret-tool lookup service SERVICE account ACCOUNT`
};

struct SecretChoice {
  std::string name;  ///< of the environment variable
  SecretKind kind{SecretKind::kFile};
  std::string place;              ///< of a file: its path
  std::vector<std::string> argv;  ///< of the others: what is run
  friend bool operator==(const SecretChoice&, const SecretChoice&) = default;
};

/// `NAME=file:PATH`, `NAME=cmd:COMMAND` or `NAME=keyring:SERVICE/ACCOUNT`. `kUsage` for all else.
[[nodiscard]] Result<SecretChoice> parse_secret_choice(std::string_view word);

struct SecretBounds {
  std::chrono::milliseconds patience{30'000};  ///< of a command: it may ask a person
  std::size_t bytes{16U << 10U};
};

/// The value without the line end that it may have. `environment` is what commands get.
[[nodiscard]] Result<std::string> read_secret(const SecretChoice& choice,
                                              std::span<const EnvironmentVariable> environment,
                                              const Clock& clock, const SecretBounds& bounds = {});

}  // namespace merlon
