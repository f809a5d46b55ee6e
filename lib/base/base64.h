#pragma once
/// Base64 (RFC 4648), strict: one spelling for each byte string, so that a signature or key cannot
/// be written in two ways.
///
///   std::string text = to_base64("hi");             // aGk=
///   std::optional<std::string> bytes = from_base64(text, Base64Alphabet::kStandard);
///
/// Pure; linear; safe from many threads.
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

enum class Base64Alphabet {
  kStandard,  ///< `+` and `/`, padding required
  kEither,    ///< that, or `-` and `_` with or without padding, as DSSE demands of readers
};

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Nothing for a foreign character, a wrong length, missing padding or left-over bits that are not
/// zero.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text,
                                                     Base64Alphabet alphabet);

}  // namespace merlon
