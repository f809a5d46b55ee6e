#pragma once
/// Keeps secrets out of snapshots and messages: `<secret>` takes their place.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "capture/surface.h"

namespace merlon {

inline constexpr std::string_view kSecretMark = "<secret>";

/// True for names such as `GITHUB_TOKEN`, `--api-key`, `dbPassword`.
[[nodiscard]] bool names_a_secret(std::string_view name);
/// True for what is a secret by its form: a key with a known prefix, a JWT.
[[nodiscard]] bool has_form_of_a_secret(std::string_view value);

/// The words of a command line with secrets replaced, and the secrets.
struct MaskedWords {
  std::vector<std::string> words;
  std::vector<std::string> secrets;
};
/// A word is one by the option before it (`--token X`), its own name (`--token=X`, `TOKEN=X`,
/// `Authorization: Bearer X`), its form, or as the password of a URL. Placeholders (`${X}`) and
/// paths stay.
[[nodiscard]] MaskedWords mask_words(const std::vector<std::string>& words);

/// Replaces known values wherever they occur. Immutable.
class Redactor {
 public:
  /// Values shorter than six bytes are not looked for: they would hit anything.
  explicit Redactor(std::vector<std::string> values);

  [[nodiscard]] std::string apply(std::string_view text) const;
  /// The same inside the strings and keys of JSON text; nothing when there was no hit, and then the
  /// bytes stay as they are. Other strings keep their bytes.
  [[nodiscard]] std::optional<std::string> apply_to_json(const std::string& json,
                                                         const Limits& limits) const;
  /// All definitions, infos and instructions. True when something was replaced.
  [[nodiscard]] bool apply_to_surface(EraSurface& surface, const Limits& limits) const;

 private:
  std::vector<std::string> values_;  // longest first
};

}  // namespace merlon
