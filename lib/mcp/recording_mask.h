#pragma once
/// Takes secrets out of what is recorded, and keeps them comparable: equal secrets of one recording
/// get equal marks. docs/spec/recording.md
///
///   MERLON_TRY(std::string key, random_bytes(kRecordingKeyBytes));   // thrown away with the mask
///   RecordingMask mask(make_secret_masker(), std::move(key));
///   std::vector<std::string> places;
///   std::string masked = mask.apply_to_json(text, "/message", places);
///
/// What a secret is says the masker (guard/secret_masker.h); this module only replaces.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace merlon {

/// What takes a secret's place: `[masked:` and 16 hex digits `]`.
using SecretMark = std::function<std::string(std::string_view secret)>;

/// A text with its secrets replaced by their marks, or nothing when it holds none. `key` is the
/// member that the text is the value of; empty for keys, elements and texts that are no JSON. Pure;
/// does not throw for any bytes.
using TextMasker = std::function<std::optional<std::string>(
    std::string_view key, std::string_view text, const SecretMark& mark)>;

/// Bytes of a key for the marks.
inline constexpr std::size_t kRecordingKeyBytes = 32;

/// One object, one thread.
class RecordingMask {
 public:
  RecordingMask(TextMasker masker, std::string key);

  /// `text` with secrets masked, or nothing when there are none.
  [[nodiscard]] std::optional<std::string> apply(std::string_view key, std::string_view text) const;
  /// All keys and strings of a document; its bytes but for those that were masked. Appends the
  /// pointers of the masked ones, each behind `prefix`. Nothing when there was none.
  [[nodiscard]] std::optional<std::string> apply(const Document& document, std::string_view prefix,
                                                 std::vector<std::string>& places) const;
  /// The same of JSON text; of what is none the whole text is a string.
  [[nodiscard]] std::optional<std::string> apply_to_json(std::string_view json,
                                                         std::string_view prefix,
                                                         std::vector<std::string>& places) const;
  /// The mark of a secret.
  [[nodiscard]] std::string mark(std::string_view secret) const;

 private:
  TextMasker masker_;
  std::string key_;
};

}  // namespace merlon
