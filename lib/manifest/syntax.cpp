#include "manifest/syntax.h"

#include <algorithm>
#include <utility>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "manifest/front_matter.h"

namespace merlon {
namespace {

bool is_syntax_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view first_line(std::string_view text) {
  return trim(text.substr(0, std::min(text.find('\n'), text.size())));
}

std::string_view after_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
}

// Past blanks and `#` comment lines.
std::string_view skip_blanks_and_hashes(std::string_view text) {
  for (;;) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
      return {};
    }
    text.remove_prefix(first);
    if (text.front() != '#') {
      return text;
    }
    text = after_line(text);
  }
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '$' || c == '@' || c == '/' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// After the key that the line starts with; nothing when it starts with none.
std::string_view after_key(std::string_view line) {
  std::size_t at = 0;
  if (!line.empty() && (line.front() == '"' || line.front() == '\'')) {
    at = line.find(line.front(), 1);
    at = at == std::string_view::npos ? line.size() : at + 1;
  } else {
    while (at < line.size() && (is_key_character(line[at]) || line[at] == ' ')) {
      ++at;
    }
  }
  if (at == 0) {
    return {};
  }
  return trim(line.substr(at));
}

bool is_bare_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// `[a]`, `[[a.b]]`, `[a."b c"]` alone on their line: a TOML header. A JSON array starts with a
// quote, a digit or one of its three words, so a header has to start with another bare key.
bool is_toml_header(std::string_view line) {
  while (line.starts_with('[')) {
    line.remove_prefix(1);
  }
  line = trim(line);
  std::size_t bare = 0;
  while (bare < line.size() && is_bare_character(line[bare])) {
    ++bare;
  }
  const std::string_view word = line.substr(0, bare);
  if (bare == 0 || (word.front() >= '0' && word.front() <= '9') || word == "true" ||
      word == "false" || word == "null") {
    return false;
  }
  const std::string_view rest = trim(line.substr(bare));
  return rest.starts_with(']') || rest.starts_with('.');
}

Syntax syntax_of_line(std::string_view line) {
  if (line.starts_with("- ") || line == "-" || line.starts_with("%YAML") ||
      line.starts_with("? ")) {
    return Syntax::kYaml;
  }
  const std::string_view rest = after_key(line);
  if (rest.starts_with('=') && !rest.starts_with("==")) {
    return Syntax::kToml;
  }
  if (rest.starts_with(':') && (rest.size() == 1 || is_syntax_blank(rest[1]))) {
    return Syntax::kYaml;
  }
  return Syntax::kUnknown;
}

Syntax syntax_of_dashes(std::string_view text) {
  if (find_front_matter(text)) {
    return Syntax::kMarkdown;
  }
  const std::string_view next = skip_blanks_and_hashes(after_line(text));
  return next.empty() ? Syntax::kUnknown : Syntax::kYaml;
}

std::uint64_t reach(const Error& error) {
  return error.where.offset;
}

}  // namespace

Syntax detect_syntax(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return Syntax::kUtf16;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
  }
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return Syntax::kEmpty;
  }
  std::string_view text = bytes.substr(first);
  const std::string_view line = first_line(text);
  if (line == "---" || line.starts_with("--- ")) {
    return syntax_of_dashes(bytes);
  }
  if (text.starts_with('#')) {
    text = skip_blanks_and_hashes(text);
    if (text.empty()) {
      return Syntax::kEmpty;
    }
    if (first_line(text) == "---") {
      return syntax_of_dashes(text);
    }
  }
  if (text.starts_with('[') && is_toml_header(first_line(text))) {
    return Syntax::kToml;
  }
  if (text.starts_with('{') || text.starts_with('[') || text.starts_with("//") ||
      text.starts_with("/*")) {
    return Syntax::kJson;
  }
  return syntax_of_line(first_line(text));
}

Result<Document> parse_json_of_any_kind(const std::shared_ptr<const SourceText>& source,
                                        const Limits& limits) {
  auto strict = parse_json(source, JsonDialect::kStrict, limits);
  if (strict || strict.error().code == ErrorCode::kLimit) {
    return strict;
  }
  auto lines = parse_json_lines(source, limits);
  if (lines || lines.error().code == ErrorCode::kLimit) {
    return lines;
  }
  auto relaxed = parse_json(source, JsonDialect::kRelaxed, limits);
  if (relaxed || relaxed.error().code == ErrorCode::kLimit) {
    return relaxed;
  }
  // The reading that got farthest is the one that the author meant.
  Error error = std::move(strict).error();
  if (reach(relaxed.error()) >= reach(error)) {
    error = std::move(relaxed).error();
  }
  if (reach(lines.error()) > reach(error)) {
    error = std::move(lines).error();
  }
  return std::unexpected(std::move(error));
}

}  // namespace merlon
