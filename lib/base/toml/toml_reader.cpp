#include "base/toml/toml_reader.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 256
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "base/text.h"
#include "base/toml/toml_shape.h"

namespace merlon {
namespace {

constexpr std::size_t kSearchedLimit = 50'000;

Error error_at(const SourceText& source, ErrorCode code, std::uint64_t offset, std::uint64_t length,
               std::string message) {
  Error error{.code = code, .message = std::move(message), .where = {}, .hints = {}};
  error.where = source.locate(offset, length);
  return error;
}

// toml++ counts columns in code points from 1 and leaves a byte order mark out, as offset_of does.
std::uint32_t offset_of(const SourceText& source, const toml::source_position& position) {
  if (!position) {
    return 0;
  }
  return static_cast<std::uint32_t>(source.offset_of(position.line, position.column - 1));
}

// "Error while parsing key: expected ..." becomes "expected ... (in key)": our messages start with
// the fault.
std::string message_of(std::string_view description) {
  constexpr std::string_view kPrefix = "Error while parsing ";
  if (!description.starts_with(kPrefix)) {
    return std::string(description);
  }
  description.remove_prefix(kPrefix.size());
  const std::size_t colon = description.find(": ");
  if (colon == std::string_view::npos) {
    return std::string(description);
  }
  return std::string(description.substr(colon + 2)) + " (in " +
         std::string(description.substr(0, colon)) + ")";
}

/// Turns the library's tree into the tape; an explicit stack, since headers nest as deep as their
/// author likes.
class TomlTape {
 public:
  TomlTape(std::shared_ptr<const SourceText> source, const Limits& limits)
      : document_(std::move(source)), limits_(limits) {}

  Result<Document> build(const toml::table& root) {
    const auto size = static_cast<std::uint32_t>(document_.source().bytes().size());
    MERLON_CHECK(open(root, NodeKind::kObject, 0, size, kNoNode, 0));
    while (!stack_.empty()) {
      MERLON_CHECK(step());
    }
    return std::move(document_);
  }

 private:
  struct Child {
    const toml::key* key;
    const toml::node* value;
  };
  struct Frame {
    NodeId container;
    NodeId key;  ///< the member that the container is the value of
    std::vector<Child> children;
    std::uint32_t next;
  };

  Status add(NodeKind kind, std::uint32_t begin, std::uint32_t end, NodeId parent,
             std::uint32_t index) {
    if (document_.size() >= limits_.json_nodes) {
      return std::unexpected(
          error_at(document_.source(), ErrorCode::kLimit, begin, 1,
                   "more than " + std::to_string(limits_.json_nodes) + " keys and values"));
    }
    last_ = document_.add(kind, begin, std::max(begin, end), parent, 0);
    document_.set_index(last_, index);
    return {};
  }

  template <class Container>
  Status open(const Container& container, NodeKind kind, std::uint32_t begin, std::uint32_t end,
              NodeId parent, std::uint32_t index) {
    if (stack_.size() >= limits_.json_depth) {
      return std::unexpected(
          error_at(document_.source(), ErrorCode::kLimit, begin, 1,
                   "nested deeper than " + std::to_string(limits_.json_depth) + " levels"));
    }
    MERLON_CHECK(add(kind, begin, end, parent, index));
    const bool member = parent != kNoNode && document_.is(parent, NodeKind::kKey);
    stack_.push_back(
        Frame{.container = last_, .key = member ? parent : kNoNode, .children = {}, .next = 0});
    list_children(container, stack_.back().children);
    return {};
  }

  static void list_children(const toml::array& array, std::vector<Child>& out) {
    out.reserve(array.size());
    for (const toml::node& value : array) {
      out.push_back({nullptr, &value});
    }
  }

  // The library sorts by name; people read by place.
  static void list_children(const toml::table& table, std::vector<Child>& out) {
    out.reserve(table.size());
    for (auto it = table.cbegin(); it != table.cend(); ++it) {
      out.push_back({&it->first, &it->second});
    }
    std::stable_sort(out.begin(), out.end(), [](const Child& a, const Child& b) {
      return a.key->source().begin < b.key->source().begin;
    });
  }

  Status step() {
    Frame& frame = stack_.back();
    if (frame.next >= frame.children.size()) {
      document_.close(frame.container, document_.node(frame.container).end);
      if (frame.key != kNoNode) {
        document_.close(frame.key, document_.node(frame.key).end);
      }
      stack_.pop_back();
      return {};
    }
    const Child child = frame.children[frame.next];
    const std::uint32_t index = frame.next++;
    if (child.key == nullptr) {
      return add_value(*child.value, frame.container, index);
    }
    const toml::source_region& place = child.key->source();
    MERLON_CHECK(add(NodeKind::kKey, begin_of(place), end_of(place), frame.container, index));
    keep_text(last_, child.key->str());
    return add_value(*child.value, last_, 0);  // may move `frame`
  }

  Status add_value(const toml::node& value, NodeId parent, std::uint32_t index) {
    const std::uint32_t begin = begin_of(value.source());
    const std::uint32_t end = end_of(value.source());
    if (const toml::table* table = value.as_table()) {
      return open(*table, NodeKind::kObject, begin, end, parent, index);
    }
    if (const toml::array* array = value.as_array()) {
      return open(*array, NodeKind::kArray, begin, end, parent, index);
    }
    const bool number = value.is_integer() || value.is_floating_point();
    const NodeKind kind = value.is_boolean() ? NodeKind::kBool
                          : number           ? NodeKind::kNumber
                                             : NodeKind::kString;
    MERLON_CHECK(add(kind, begin, end, parent, index));
    const NodeId id = last_;
    if (const toml::value<std::string>* text = value.as_string()) {
      keep_text(id, text->get());
    } else if (kind == NodeKind::kString) {
      document_.store_text(id, std::string(document_.raw(id)));
    }
    if (document_.is(parent, NodeKind::kKey)) {
      document_.close(parent, document_.node(parent).end);
    }
    return {};
  }

  // Text that stands in the source as it is, or with the escapes that JSON has too, is read from
  // there: exact places. Only the rest (bare keys, multi-line strings, \U escapes) is stored.
  void keep_text(NodeId id, std::string_view decoded) {
    const std::string_view raw = document_.raw(id);
    const bool quoted =
        raw.size() >= 2 && (raw.front() == '"' || raw.front() == '\'') && raw.back() == raw.front();
    if (quoted && raw.substr(1, raw.size() - 2) == decoded) {
      return;
    }
    if (quoted && raw.front() == '"' && raw.find('\\') != std::string_view::npos) {
      document_.add_flags(id, kNodeEscaped);
      std::string scratch;
      if (document_.text(id, scratch) == decoded) {
        return;
      }
    }
    document_.store_text(id, std::string(decoded));
  }

  std::uint32_t begin_of(const toml::source_region& region) const {
    return offset_of(document_.source(), region.begin);
  }
  std::uint32_t end_of(const toml::source_region& region) const {
    return offset_of(document_.source(), region.end);
  }

  Document document_;
  const Limits& limits_;
  NodeId last_{kNoNode};
  std::vector<Frame> stack_;
};

Status check_input(const SourceText& source, const Limits& limits) {
  const std::string_view text = source.bytes();
  if (text.size() > limits.toml_bytes) {
    return std::unexpected(
        error_at(source, ErrorCode::kLimit, 0, 0,
                 "more than " + std::to_string(limits.toml_bytes) + " bytes of TOML in one file"));
  }
  if (const auto bad = find_invalid_utf8(text)) {
    const auto byte = std::to_string(static_cast<unsigned char>(text[*bad]));
    return std::unexpected(
        error_at(source, ErrorCode::kSyntax, *bad, 1, "byte " + byte + " is not valid UTF-8 here"));
  }
  const TomlShape shape = measure_toml(text);
  if (shape.deepest_key >= limits.json_depth) {
    return std::unexpected(
        error_at(source, ErrorCode::kLimit, shape.deepest_offset, 1,
                 "nested deeper than " + std::to_string(limits.json_depth) + " levels"));
  }
  if (shape.searched > kSearchedLimit) {
    return std::unexpected(
        error_at(source, ErrorCode::kLimit, 0, 0,
                 "more than " + std::to_string(kSearchedLimit) + " dots and `[[` headers"));
  }
  return {};
}

}  // namespace

Result<Document> parse_toml(std::shared_ptr<const SourceText> source, const Limits& limits) {
  MERLON_CHECK(check_input(*source, limits));
  const toml::parse_result parsed = toml::parse(source->bytes());
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return std::unexpected(error_at(*source, ErrorCode::kSyntax,
                                    offset_of(*source, error.source().begin), 1,
                                    message_of(error.description())));
  }
  return TomlTape(std::move(source), limits).build(parsed.table());
}

}  // namespace merlon
