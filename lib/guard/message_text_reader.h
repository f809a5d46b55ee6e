#pragma once
/// All texts of a message, one after the other: every key and string of `params`, `result` or
/// `error` at any depth, structured content and embedded resources included.
///
///   MessageTextReader reader(message);
///   MessageText text;
///   while (reader.next(text)) { ... }
///
/// Linear; nothing is copied that the document can show. `text` and `key` are valid until the next
/// call.
#include <string>
#include <string_view>

#include "guard/long_texts.h"
#include "model/message.h"

namespace merlon {

enum class TextKind : std::uint8_t {
  kKey,
  kString,
  kNumber,
  kBlob,  ///< base64 of an image, a sound or a `blob`; `text` is the base64
};

struct MessageText {
  NodeId node{kNoNode};
  TextKind kind{TextKind::kString};
  std::string_view text;
  std::string_view key;  ///< the member that a string or number is the value of; else empty
  /// `text` folded, where that is at hand; else null.
  const FoldedText* folded{nullptr};
};

class MessageTextReader {
 public:
  /// `shared`: where long texts are kept for other guards; may be null.
  explicit MessageTextReader(const Message& message, LongTexts* shared = nullptr);
  /// Of a part of the message only; kNoNode: nothing.
  MessageTextReader(const Document& document, NodeId part, LongTexts* shared = nullptr);
  MessageTextReader(const MessageTextReader&) = delete;
  MessageTextReader& operator=(const MessageTextReader&) = delete;
  ~MessageTextReader() = default;

  [[nodiscard]] bool next(MessageText& out);

 private:
  [[nodiscard]] bool is_blob(NodeId node, std::string_view text) const;

  void read_text(NodeId node, MessageText& out);

  const Document& document_;
  LongTexts* shared_;
  NodeId at_{0};
  NodeId end_{0};
  std::string_view key_;  ///< into the document or `key_scratch_`
  std::string key_scratch_;
  NodeId key_node_{kNoNode};
  std::string scratch_;
};

/// The part of a message that a peer fills: `params`, `result` or `error`; kNoNode without one.
[[nodiscard]] NodeId body_of(const Message& message);

}  // namespace merlon
