#pragma once
/// Which names of variables, headers and parameters stand for secrets.
#include <cstdint>
#include <string_view>

namespace merlon {

enum class SecretName : std::uint8_t {
  kNo,        ///< `LOG_LEVEL`, `TOKEN_LIMIT`
  kPassword,  ///< chosen by a person: `DB_PASSWORD`
  kKey,       ///< made by a machine: `API_KEY`, `Authorization`, `GITHUB_TOKEN`
};

/// By the words of `name` (split at `_`, `-`, `.`, blanks and changes of case). Pure.
[[nodiscard]] SecretName classify_secret_name(std::string_view name);

/// True when `value` can be a secret of that kind: no placeholder, long and varied enough.
[[nodiscard]] bool could_be_secret(SecretName name, std::string_view value);

}  // namespace merlon
