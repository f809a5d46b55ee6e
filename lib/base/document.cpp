#include "base/document.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/text.h"

namespace merlon {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

std::uint32_t hex4(std::string_view raw, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = at + i < raw.size() ? hex_value(raw[at + i]) : 0;
    value = (value << 4U) | static_cast<std::uint32_t>(std::max(digit, 0));
  }
  return value;
}

constexpr std::size_t kDecodedBlock = 8;

// One step of a JSON string body (between the quotes): appends the decoded bytes, returns the raw
// bytes it took.
std::size_t decode_step(std::string_view raw, std::size_t at, std::string& out) {
  if (raw[at] != '\\' || at + 1 >= raw.size()) {
    out.push_back(raw[at]);
    return 1;
  }
  const char kind = raw[at + 1];
  switch (kind) {
    case 'n': out.push_back('\n'); return 2;
    case 't': out.push_back('\t'); return 2;
    case 'r': out.push_back('\r'); return 2;
    case 'b': out.push_back('\b'); return 2;
    case 'f': out.push_back('\f'); return 2;
    case 'u': break;
    default: out.push_back(kind); return 2;
  }
  const std::uint32_t unit = hex4(raw, at + 2);
  if (unit >= 0xD800 && unit < 0xDC00 && raw.substr(at + 6, 2) == "\\u") {
    const std::uint32_t low = hex4(raw, at + 8);
    if (low >= 0xDC00 && low < 0xE000) {
      append_utf8(out, 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U));
      return 12;
    }
  }
  append_utf8(out, unit);  // a lone surrogate becomes U+FFFD
  return 6;
}

// Copies a block up to its first backslash, if it has one; answers how many bytes that were. JSON
// within a text has an escape every few bytes.
std::size_t copy_plain_block(const char* from, char* to) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kEach = 0x0101010101010101ULL;
  std::uint64_t block = 0;
  std::memcpy(&block, from, kDecodedBlock);
  std::memcpy(to, &block, kDecodedBlock);
  const std::uint64_t others = block ^ (kEach * '\\');
  // The lowest bit that is set is at the first zero byte.
  const std::uint64_t found = (others - kEach) & ~others & (kEach * 0x80U);
  return found == 0 ? kDecodedBlock : static_cast<std::size_t>(std::countr_zero(found)) / 8;
}

void decode_json_string(std::string_view raw, std::string& out) {
  // No escape is shorter than what it stands for, but for one that is cut off at the end.
  out.resize(raw.size() + kDecodedBlock);
  std::string decoded;
  std::size_t size = 0;
  for (std::size_t at = 0; at < raw.size();) {
    if (raw.size() - at >= kDecodedBlock) {
      const std::size_t plain = copy_plain_block(raw.data() + at, out.data() + size);
      size += plain;
      at += plain;
      if (plain == kDecodedBlock) {
        continue;
      }
    }
    decoded.clear();
    at += decode_step(raw, at, decoded);
    decoded.copy(out.data() + size, decoded.size());
    size += decoded.size();
  }
  out.resize(size);
}

// Bytes of the quote on either side: 1, 3 for the long strings of TOML, 0 for text without quotes.
std::size_t quotes_of(std::string_view raw) {
  if (raw.size() < 2 || (raw.front() != '"' && raw.front() != '\'') || raw.back() != raw.front()) {
    return 0;
  }
  return raw.size() >= 6 && raw[1] == raw[0] && raw[2] == raw[0] && raw[raw.size() - 2] == raw[0] &&
                 raw[raw.size() - 3] == raw[0]
             ? 3
             : 1;
}

std::string escape_pointer_token(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~') {
      out.append("~0");
    } else if (c == '/') {
      out.append("~1");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Source bytes of the escape at `raw[at]` == '\\' in a double-quoted string of YAML or TOML.
std::size_t escape_length(std::string_view raw, std::size_t at) {
  const char kind = at + 1 < raw.size() ? raw[at + 1] : '\0';
  const std::size_t length = kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
  return std::min(length, raw.size() - at);
}

// Walks a string of YAML or TOML and its decoded text side by side: indentation, folded line ends,
// doubled quotes and escapes are in the source only.
class Alignment {
 public:
  Alignment(std::string_view raw, std::string_view decoded)
      : raw_(raw), decoded_(decoded), quote_(raw.empty() ? '\0' : raw.front()) {
    if (quote_ != '"' && quote_ != '\'') {
      quote_ = '\0';
    }
    if (quote_ != '\0') {
      at_ = quotes_of(raw);
    }
  }

  // Where the decoded byte `wanted` starts; the end of the text when there is none.
  std::size_t begin_of(std::size_t wanted) {
    wanted = std::min(wanted, decoded_.size());
    while (index_ < wanted && at_ < raw_.size()) {
      step();
    }
    if (index_ < decoded_.size()) {
      skip_to_match();
    }
    return at_;
  }
  // After the decoded byte `last`.
  std::size_t end_of(std::size_t last) {
    begin_of(last);
    if (index_ <= last && index_ < decoded_.size() && at_ < raw_.size()) {
      step();
    }
    return std::min(at_, raw_.size());
  }

 private:
  [[nodiscard]] bool escape_here() const {
    return quote_ == '"' && at_ < raw_.size() && raw_[at_] == '\\';
  }

  // Past the source bytes that stand for nothing.
  void skip_to_match() {
    while (at_ < raw_.size() && raw_[at_] != decoded_[index_]) {
      if (escape_here()) {
        if (at_ + 1 < raw_.size() && is_blank(raw_[at_ + 1]) && raw_[at_ + 1] != ' ' &&
            raw_[at_ + 1] != '\t') {
          ++at_;  // a line that goes on
          continue;
        }
        return;
      }
      // A folded line end stands for one blank or line feed.
      const bool folded = (raw_[at_] == '\n' || raw_[at_] == '\r') && decoded_[index_] == ' ';
      if (folded || (!is_blank(raw_[at_]) && (quote_ != '\'' || raw_[at_] != '\''))) {
        return;
      }
      ++at_;
    }
  }

  void step() {
    skip_to_match();
    if (at_ >= raw_.size()) {
      return;
    }
    if (escape_here()) {
      at_ += escape_length(raw_, at_);
      static_cast<void>(next_code_point(decoded_, index_));
      return;
    }
    if (raw_[at_] == decoded_[index_] || is_blank(raw_[at_])) {
      ++at_;
    }
    ++index_;
  }

  std::string_view raw_;
  std::string_view decoded_;
  char quote_;
  std::size_t at_{0};
  std::size_t index_{0};
};

}  // namespace

std::vector<NodeId> Document::elements(NodeId array) const {
  std::vector<NodeId> out;
  if (!is(array, NodeKind::kArray)) {
    return out;
  }
  for (NodeId id = array + 1; id < nodes_[array].next; id = nodes_[id].next) {
    out.push_back(id);
  }
  return out;
}

std::vector<std::pair<NodeId, NodeId>> Document::members(NodeId object) const {
  std::vector<std::pair<NodeId, NodeId>> out;
  if (!is(object, NodeKind::kObject)) {
    return out;
  }
  for (NodeId key = object + 1; key < nodes_[object].next; key = nodes_[key].next) {
    out.emplace_back(key, key + 1);
  }
  return out;
}

std::optional<NodeId> Document::find(NodeId object, std::string_view key) const {
  if (!is(object, NodeKind::kObject)) {
    return std::nullopt;
  }
  std::string scratch;
  for (NodeId id = object + 1; id < nodes_[object].next; id = nodes_[id].next) {
    if (text(id, scratch) == key) {
      return id + 1;
    }
  }
  return std::nullopt;
}

std::optional<NodeId> Document::find(std::optional<NodeId> object, std::string_view key) const {
  return object ? find(*object, key) : std::nullopt;
}

std::optional<NodeId> Document::find(NodeId object, std::string_view key, NodeKind kind) const {
  const auto value = find(object, key);
  return value && nodes_[*value].kind == kind ? value : std::nullopt;
}

std::string_view Document::raw(NodeId id) const {
  const Node& node = nodes_[id];
  return source_->bytes().substr(node.begin, node.end - node.begin);
}

std::string_view Document::text(NodeId id, std::string& scratch) const {
  const Node& node = nodes_[id];
  if ((node.flags & kNodeStored) != 0) {
    return stored_.at(id);
  }
  const std::string_view source = raw(id);
  if (node.kind != NodeKind::kString && node.kind != NodeKind::kKey) {
    return source;
  }
  const std::string_view body = source.substr(1, source.size() - 2);
  if ((node.flags & kNodeEscaped) == 0) {
    return body;
  }
  decode_json_string(body, scratch);
  return scratch;
}

std::string Document::text(NodeId id) const {
  std::string scratch;
  return std::string(text(id, scratch));
}

std::string Document::string_or(std::optional<NodeId> id, std::string_view fallback) const {
  return id && is(*id, NodeKind::kString) ? text(*id) : std::string(fallback);
}

bool Document::is_true(std::optional<NodeId> id) const {
  return id && is(*id, NodeKind::kBool) && text(*id) == "true";
}

std::string Document::pointer(NodeId id) const {
  std::vector<std::string> tokens;
  while (id != kNoNode && nodes_[id].parent != kNoNode) {
    const NodeId parent = nodes_[id].parent;
    if ((nodes_[parent].flags & kNodeLines) != 0) {
      break;
    }
    if (nodes_[id].kind == NodeKind::kKey) {
      tokens.push_back(escape_pointer_token(text(id)));
    } else if (nodes_[parent].kind == NodeKind::kArray) {
      tokens.push_back(std::to_string(nodes_[id].index));
    }
    id = parent;
  }
  std::string out;
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    out.append("/").append(*token);
  }
  return out;
}

Location Document::locate(NodeId id) const {
  const Node& node = nodes_[id];
  const bool text = node.kind == NodeKind::kString || node.kind == NodeKind::kKey;
  const std::size_t trim = text ? quotes_of(raw(id)) : 0;
  return source_->locate(node.begin + trim, node.end - node.begin - (2 * trim));
}

std::pair<std::uint64_t, std::uint64_t> Document::source_range(NodeId id, std::size_t begin,
                                                               std::size_t end) const {
  const Node& node = nodes_[id];
  const std::string_view source = raw(id);
  end = std::max(begin, end);
  if ((node.flags & kNodeStored) != 0) {
    const std::string& decoded = stored_.at(id);
    const std::size_t whole = source.find(decoded);
    if (whole != std::string_view::npos) {
      return {node.begin + whole + std::min(begin, decoded.size()),
              node.begin + whole + std::min(end, decoded.size())};
    }
    Alignment alignment(source, decoded);
    const std::size_t first = alignment.begin_of(begin);
    const std::size_t last = end > begin ? alignment.end_of(end - 1) : first;
    return {node.begin + first, node.begin + std::max(first, std::min(last, source.size()))};
  }
  if (node.kind != NodeKind::kString && node.kind != NodeKind::kKey) {
    return {node.begin, node.end};
  }
  const std::string_view body = source.substr(1, source.size() - 2);
  if ((node.flags & kNodeEscaped) == 0) {
    return {node.begin + 1 + std::min(begin, body.size()),
            node.begin + 1 + std::min(end, body.size())};
  }
  std::string decoded;
  std::size_t at = 0;
  std::size_t first = body.size();
  bool have_first = false;
  while (at < body.size()) {
    if (decoded.size() >= end && have_first) {
      break;
    }
    const std::size_t start = at;
    at += decode_step(body, at, decoded);
    if (!have_first && decoded.size() > begin) {
      first = start;
      have_first = true;
    }
    if (have_first && decoded.size() >= end) {
      break;
    }
  }
  if (end == begin && have_first) {
    return {node.begin + 1 + first, node.begin + 1 + first};
  }
  return {node.begin + 1 + first, node.begin + 1 + std::max(first, at)};
}

Location Document::locate(NodeId id, std::size_t begin, std::size_t end) const {
  const auto [first, last] = source_range(id, begin, end);
  return source_->locate(first, last - first);
}

NodeId Document::add(NodeKind kind, std::uint32_t begin, std::uint32_t end, NodeId parent,
                     std::uint8_t flags) {
  const auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(Node{
      .begin = begin, .end = end, .parent = parent, .next = id + 1, .kind = kind, .flags = flags});
  return id;
}

void Document::close(NodeId id, std::uint32_t end) {
  nodes_[id].end = end;
  nodes_[id].next = static_cast<NodeId>(nodes_.size());
}

NodeId Document::copy_subtree(NodeId from, NodeId parent, std::uint32_t index) {
  const NodeId end = nodes_[from].next;
  const auto copy = static_cast<NodeId>(nodes_.size());
  for (NodeId id = from; id < end; ++id) {
    Node node = nodes_[id];
    node.parent = id == from ? parent : copy + (node.parent - from);
    node.next = copy + (node.next - from);
    nodes_.push_back(node);
    if ((node.flags & kNodeStored) != 0) {
      stored_[copy + (id - from)] = stored_.at(id);
    }
  }
  nodes_[copy].index = index;
  return copy;
}

void Document::store_text(NodeId id, std::string decoded) {
  add_flags(id, kNodeStored);
  stored_[id] = std::move(decoded);
}

}  // namespace merlon
