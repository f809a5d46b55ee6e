#include "mcp/recording_mask.h"

#include <utility>

#include "base/digest/hmac.h"
#include "base/json/json_writer.h"
#include "mcp/recording_text.h"

namespace merlon {
namespace {

/// 64 bits: enough to tell the secrets of one recording apart.
constexpr std::size_t kMarkDigits = 16;

/// The nodes are the same ones in both texts: a masked text has the shape of the one before.
std::string place_of(const Document& document, NodeId node) {
  return document.pointer(document.is(node, NodeKind::kKey) ? document.node(node).parent : node);
}

/// Walks a document once and copies it with marks.
class MaskedCopy {
 public:
  MaskedCopy(const RecordingMask& mask, const Document& document)
      : mask_(mask), document_(document) {}

  /// Nothing when nothing was masked.
  std::optional<std::string> make() {
    for (NodeId node = 0; node < document_.size(); ++node) {
      const NodeKind kind = document_.kind(node);
      if (kind == NodeKind::kKey || kind == NodeKind::kString) {
        look_at(node, kind);
      }
    }
    if (nodes_.empty()) {
      return std::nullopt;
    }
    out_.append(document_.source().bytes().substr(copied_));
    return std::move(out_);
  }

  [[nodiscard]] const std::vector<NodeId>& nodes() const { return nodes_; }
  [[nodiscard]] bool masked_key() const { return masked_key_; }

 private:
  void look_at(NodeId node, NodeKind kind) {
    const std::string_view text = document_.text(node, scratch_);
    std::string_view key;
    if (kind == NodeKind::kKey) {
      key_.assign(text);
      key_node_ = node;
    } else if (key_node_ != kNoNode && document_.node(node).parent == key_node_) {
      key = key_;
    }
    const auto masked = mask_.apply(key, text);
    if (!masked) {
      return;
    }
    masked_key_ = masked_key_ || kind == NodeKind::kKey;
    nodes_.push_back(node);
    const std::string_view source = document_.source().bytes();
    out_.append(source.substr(copied_, document_.node(node).begin - copied_));
    append_json_string(out_, *masked);
    copied_ = document_.node(node).end;
  }

  const RecordingMask& mask_;
  const Document& document_;
  std::string out_;
  std::size_t copied_{0};
  std::string scratch_;
  std::string key_;
  NodeId key_node_{kNoNode};
  std::vector<NodeId> nodes_;
  bool masked_key_{false};
};

void add_places(const Document& document, const std::vector<NodeId>& nodes, std::string_view prefix,
                std::vector<std::string>& places) {
  for (const NodeId node : nodes) {
    std::string place = std::string(prefix) + place_of(document, node);
    if (places.empty() || places.back() != place) {
      places.push_back(std::move(place));
    }
  }
}

}  // namespace

RecordingMask::RecordingMask(TextMasker masker, std::string key)
    : masker_(std::move(masker)), key_(std::move(key)) {}

std::string RecordingMask::mark(std::string_view secret) const {
  return "[masked:" + to_hex(hmac_sha256(key_, secret)).substr(0, kMarkDigits) + "]";
}

std::optional<std::string> RecordingMask::apply(std::string_view key, std::string_view text) const {
  return masker_(key, text, [this](std::string_view secret) { return mark(secret); });
}

std::optional<std::string> RecordingMask::apply(const Document& document, std::string_view prefix,
                                                std::vector<std::string>& places) const {
  MaskedCopy copy(*this, document);
  std::optional<std::string> out = copy.make();
  if (!out) {
    return out;
  }
  if (!copy.masked_key()) {
    add_places(document, copy.nodes(), prefix, places);
    return out;
  }
  // A pointer through a masked key would show it: the pointers are those of the masked text.
  const auto masked = recording_text::parse_view(*out);
  if (masked && masked->size() == document.size()) {
    add_places(*masked, copy.nodes(), prefix, places);
  } else {
    places.emplace_back(prefix);
  }
  return out;
}

std::optional<std::string> RecordingMask::apply_to_json(std::string_view json,
                                                        std::string_view prefix,
                                                        std::vector<std::string>& places) const {
  const auto document = recording_text::parse_view(json);
  if (document) {
    return apply(*document, prefix, places);
  }
  places.emplace_back(prefix);
  std::string out;
  append_json_string(out, mark(json));
  return out;
}

}  // namespace merlon
