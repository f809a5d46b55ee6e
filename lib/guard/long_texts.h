#pragma once
/// The long texts of one message, unescaped and folded once for all guards that read them.
///
///   MessageTextReader reader(input.message, input.texts);
///
/// Bounded: what is above kMostKept bytes in all is for each guard to read itself. One thread; as
/// long-lived as the message, of which texts without escapes are shown and not copied.
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/regex/folded_text.h"

namespace merlon {

struct LongText {
  std::string_view text;
  FoldedText folded;
  std::string scratch;  ///< what `text` shows when the document cannot
};

class LongTexts {
 public:
  /// Bytes as they stand in the message; of shorter ones reading again costs less than keeping.
  static constexpr std::size_t kLong = 1024;
  static constexpr std::size_t kMostKept = std::size_t{1} << 20;

  /// The text of a string; null when it is short or there is no room for it. Valid until `clear`.
  [[nodiscard]] const LongText* of(const Document& document, NodeId string);
  /// To be called before another message is asked about.
  void clear();

 private:
  std::map<NodeId, LongText> texts_;
  std::size_t kept_{0};
};

}  // namespace merlon
