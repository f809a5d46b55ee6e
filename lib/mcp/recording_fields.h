#pragma once
/// The members of one object of a recording, with their types and places. Private to the reader.
///
///   MERLON_TRY(const RecordingFields fields, RecordingFields::read(document, node, kNames,
///   "event")); MERLON_TRY(out.time_ms, fields.integer("time_ms")); if (fields.has("pins")) {
///   MERLON_TRY(out.pins, fields.text("pins")); }
///
/// Reading refuses unknown members and members that are there twice; a getter refuses what is
/// absent or of another type. Places are those of `document`.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

class RecordingFields {
 public:
  /// `names` outlive the result. `what` names the object in errors.
  [[nodiscard]] static Result<RecordingFields> read(const Document& document, NodeId object,
                                                    std::span<const std::string_view> names,
                                                    std::string_view what);

  [[nodiscard]] const Document& document() const { return *document_; }
  /// kNoNode when absent. `name` is one of `names`.
  [[nodiscard]] NodeId node(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return node(name) != kNoNode; }

  /// A string, or `{"base64": "..."}`.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] Result<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] Result<bool> boolean(std::string_view name) const;
  /// The index of the word.
  [[nodiscard]] Result<std::size_t> word(std::string_view name,
                                         std::span<const std::string_view> words) const;
  /// The elements of an array.
  [[nodiscard]] Result<std::vector<NodeId>> elements(std::string_view name) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  [[nodiscard]] Result<NodeId> required(std::string_view name, NodeKind kind,
                                        std::string_view kind_word) const;

  /// An error at a member, or at the object when it is absent.
  template <class... Parts>
  [[nodiscard]] std::unexpected<Error> complain(std::string_view name,
                                                const Parts&... parts) const {
    const NodeId at = node(name);
    return complain_at(at == kNoNode ? object_ : at, make_error(ErrorCode::kFormat, parts...));
  }
  [[nodiscard]] std::unexpected<Error> complain_at(NodeId node, Error error) const;

 private:
  const Document* document_{nullptr};
  NodeId object_{kNoNode};
  std::span<const std::string_view> names_;
  std::vector<NodeId> nodes_;  ///< by the index of the name
};

/// The text of a node: a string, or `{"base64": "..."}`.
[[nodiscard]] Result<std::string> recorded_text(const Document& document, NodeId node);

}  // namespace merlon
