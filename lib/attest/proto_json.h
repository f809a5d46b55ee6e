#pragma once
/// Messages in protobuf's JSON, as Sigstore writes bundles and trusted roots: a field may be
/// written `logIndex` or `log_index`, `null` means that it is not there, 64-bit numbers may be
/// strings, bytes are base64 of either alphabet.
///
///   MERLON_TRY(const ProtoMessage root, ProtoMessage::root_of(document, "bundle"));
///   MERLON_CHECK(root.allow_only({"mediaType", "verificationMaterial"}));
///   MERLON_TRY(const std::string type, root.text("mediaType"));
///
/// A field that stands twice is refused everywhere: two readers could take different ones.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

/// Stands on a document that outlives it.
class ProtoMessage {
 public:
  /// The document's root. `kFormat` unless it is an object. `what` is named in errors.
  [[nodiscard]] static Result<ProtoMessage> root_of(const Document& document,
                                                    std::string_view what);

  /// `kFormat` (with the place) for a field that is not among these: what is not understood could
  /// change what the rest means.
  [[nodiscard]] Status allow_only(std::initializer_list<std::string_view> names) const;
  [[nodiscard]] bool has(std::string_view name) const;

  /// Empty for none.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  /// Base64, decoded; empty for none.
  [[nodiscard]] Result<std::string> bytes(std::string_view name) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> integer(std::string_view name) const;
  [[nodiscard]] Result<std::optional<ProtoMessage>> message(std::string_view name) const;
  /// `kFormat` for none.
  [[nodiscard]] Result<ProtoMessage> required(std::string_view name) const;
  /// Empty for none. `kLimit` above `most`.
  [[nodiscard]] Result<std::vector<ProtoMessage>> messages(std::string_view name,
                                                           std::size_t most) const;
  [[nodiscard]] Result<std::vector<std::string>> bytes_list(std::string_view name,
                                                            std::size_t most) const;

  /// An error at this message's place.
  [[nodiscard]] std::unexpected<Error> refuse(std::string_view why) const;
  [[nodiscard]] NodeId node() const { return node_; }

 private:
  ProtoMessage(const Document& document, NodeId node, std::string_view what)
      : document_(&document), node_(node), what_(what) {}
  /// kNoNode for none and for null.
  [[nodiscard]] Result<NodeId> field(std::string_view name) const;
  [[nodiscard]] Result<std::vector<NodeId>> list(std::string_view name, std::size_t most) const;
  [[nodiscard]] std::unexpected<Error> refuse_at(NodeId node, std::string_view why) const;
  [[nodiscard]] Result<std::string> decode(NodeId node, std::string_view name) const;

  const Document* document_;
  NodeId node_;
  std::string what_;
};

}  // namespace merlon
