#pragma once
/// Takes pieces of a message's texts out, as edits.
///
///   TextRedaction redaction(document);
///   redaction.replace(text, {{.begin = 4, .end = 44, .by = "[redacted:github-token]"}});
///   if (redaction.impossible()) { ... deny ... }
///   outcome.edits = std::move(redaction).take();
///
/// Impossible is what a pointer cannot name (a member of a key that stands twice: what is edited
/// would be the first) and more than kMostEdits places in one message.
#include <span>
#include <string>
#include <vector>

#include "guard/message_text_reader.h"
#include "model/decision.h"

namespace merlon {

struct TextPiece {
  std::size_t begin{0};  ///< bytes of the decoded text
  std::size_t end{0};
  std::string by;
};

class TextRedaction {
 public:
  static constexpr std::size_t kMostEdits = 256;

  explicit TextRedaction(const Document& document) : document_(document) {}

  /// `pieces` are sorted and disjoint. Of a key the whole member goes; a number becomes a string;
  /// of a blob the pieces are of the text it decodes to, and it stays base64.
  void replace(const MessageText& text, std::span<const TextPiece> pieces);
  /// The whole string becomes `by`.
  void replace_all(const MessageText& text, std::string_view by);

  [[nodiscard]] bool impossible() const { return impossible_; }
  [[nodiscard]] std::vector<Edit> take() && { return std::move(edits_); }

 private:
  void add(NodeId node, bool remove, std::string json);

  const Document& document_;
  std::vector<Edit> edits_;
  bool impossible_{false};
};

/// The text that a blob decodes to; empty when it is none (bytes that are no UTF-8, control
/// characters).
[[nodiscard]] std::string text_of_blob(std::string_view base64);

}  // namespace merlon
