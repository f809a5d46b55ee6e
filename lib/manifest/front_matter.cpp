#include "manifest/front_matter.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/yaml/yaml_reader.h"
#include "manifest/labels.h"

namespace merlon {
namespace {

struct Line {
  std::string_view text;  ///< without the line feed and blanks at its end
  std::size_t next;       ///< offset after the line feed
};

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  std::string_view line = text.substr(at, end - at);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
    line.remove_suffix(1);
  }
  return {line, std::min(end + 1, text.size())};
}

// The members after those of the front matter; places are those of the body.
void add_body(Document& document, std::size_t begin) {
  const std::string_view body = document.source().bytes().substr(begin);
  const auto first = static_cast<std::uint32_t>(begin);
  const auto last = static_cast<std::uint32_t>(begin + body.size());
  const auto index = static_cast<std::uint32_t>(document.members(document.root()).size());
  const NodeId key = document.add(NodeKind::kKey, first, first, document.root(), 0);
  document.set_index(key, index);
  document.store_text(key, "body");
  const NodeId value = document.add(NodeKind::kString, first, last, key, 0);
  document.store_text(value, std::string(body));
  document.close(key, first);
  document.close(document.root(), last);
}

Document empty_front(const std::shared_ptr<const SourceText>& source) {
  Document document(source);
  document.add(NodeKind::kObject, 0, 0, kNoNode, 0);
  return document;
}

}  // namespace

std::optional<FrontMatter> find_front_matter(std::string_view text) {
  const std::size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const Line opening = line_at(text, start);
  if (opening.text != "---") {
    return std::nullopt;
  }
  for (std::size_t at = opening.next; at < text.size();) {
    const Line line = line_at(text, at);
    if (line.text == "---" || line.text == "...") {
      return FrontMatter{.yaml_begin = opening.next, .yaml_end = at, .body_begin = line.next};
    }
    at = line.next;
  }
  return std::nullopt;
}

Document markdown_without_front_matter(const std::shared_ptr<const SourceText>& source) {
  Document document = empty_front(source);
  add_body(document, source->bytes().starts_with("\xEF\xBB\xBF") ? 3 : 0);
  return document;
}

Result<Document> parse_markdown(const std::shared_ptr<const SourceText>& source,
                                const Limits& limits) {
  const std::string_view text = source->bytes();
  if (const auto bad = find_invalid_utf8(text)) {
    const auto byte = std::to_string(static_cast<unsigned char>(text[*bad]));
    Error error = make_error(ErrorCode::kSyntax, "byte ", byte, " is not valid UTF-8 here");
    error.where = source->locate(*bad, 1);
    return std::unexpected(std::move(error));
  }
  const auto front = find_front_matter(text);
  if (!front) {
    return markdown_without_front_matter(source);
  }
  MERLON_TRY(
      std::vector<Document> parts,
      parse_yaml_part(source, front->yaml_begin, front->yaml_end - front->yaml_begin, limits));
  Document document = parts.empty() ? empty_front(source) : std::move(parts.front());
  if (!document.is(document.root(), NodeKind::kObject)) {
    return format_error(document, document.root(), "the front matter is not a mapping");
  }
  add_body(document, front->body_begin);
  return document;
}

}  // namespace merlon
