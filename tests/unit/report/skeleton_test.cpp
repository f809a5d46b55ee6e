#include "skeleton.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon::test {
namespace {

// What is there for some texts only: a link that must be a URL, a snippet that must be whole, tags
// without repetitions.
bool is_optional_key(std::string_view key) {
  return key == "helpUri" || key == "snippet" || key == "tags";
}

// Keys and kinds of values.
std::string json_skeleton(const std::string& output) {
  const auto doc =
      parse_json(SourceText::copy_of("out.json", output), JsonDialect::kStrict, Limits{});
  if (!doc) {
    return "broken: " + doc.error().message;
  }
  std::string out;
  for (NodeId id = 0; id < doc->size(); ++id) {
    const Node& node = doc->node(id);
    if ((node.flags & kNodeDuplicate) != 0) {
      return "broken: duplicate key " + doc->text(id);
    }
    if (!doc->is(id, NodeKind::kKey)) {
      out += "kind" + std::to_string(static_cast<int>(node.kind)) + " ";
    } else if (is_optional_key(doc->text(id))) {
      id = doc->node(id).next - 1;  // the subtree of a key is its value
    } else {
      out += doc->text(id) + " ";
    }
  }
  return out;
}

std::string xml_entity_error(std::string_view text) {
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view rest = text.substr(at);
    const bool known = rest.starts_with("&amp;") || rest.starts_with("&lt;") ||
                       rest.starts_with("&gt;") || rest.starts_with("&quot;") ||
                       rest.starts_with("&apos;");
    if (!known) {
      return "broken: entity " + std::string(rest.substr(0, 10));
    }
  }
  if (text.find("]]>") != std::string_view::npos) {
    return "broken: ]]> in text";
  }
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c == 0xFFFE || c == 0xFFFF || (c < 0x20 && c != '\n')) {
      return "broken: no XML character";
    }
  }
  return "";
}

bool is_xml_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

// One tag without `<` and `>`: its name and the names of its attributes. (No std::regex: it
// recurses for each character.)
std::string xml_tag(std::string_view tag, std::string& error) {
  const bool closing = tag.starts_with('/');
  const bool empty = tag.ends_with('/');
  std::string_view rest =
      tag.substr(closing ? 1 : 0, tag.size() - (closing ? 1 : 0) - (empty ? 1 : 0));
  const std::string_view name = rest.substr(0, rest.find(' '));
  std::string out = (closing ? "/" : "") + std::string(name);
  rest.remove_prefix(name.size());
  if (!is_xml_name(name)) {
    error = "broken: tag";
  }
  while (error.empty() && !rest.empty()) {
    const std::size_t equals = rest.find("=\"");
    const std::size_t end = equals == std::string_view::npos ? equals : rest.find('"', equals + 2);
    if (end == std::string_view::npos || rest[0] != ' ' ||
        !is_xml_name(rest.substr(1, equals - 1))) {
      error = "broken: attribute of " + std::string(name);
      break;
    }
    out += " " + std::string(rest.substr(1, equals - 1));
    rest.remove_prefix(end + 1);
  }
  return out + (empty ? "/" : "");
}

std::string xml_skeleton(const std::string& output) {
  constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (!output.starts_with(kDeclaration)) {
    return "broken: no declaration";
  }
  std::string out;
  std::string error;
  std::vector<std::string> open;
  std::string_view rest = std::string_view(output).substr(kDeclaration.size());
  while (!rest.empty()) {
    const std::size_t begin = rest.find('<');
    error = xml_entity_error(rest.substr(0, begin));
    if (!error.empty()) {
      return error;
    }
    if (begin == std::string_view::npos) {
      break;
    }
    const std::size_t end = rest.find('>', begin);
    if (end == std::string_view::npos) {
      return "broken: open tag";
    }
    const std::string_view tag = rest.substr(begin + 1, end - begin - 1);
    error = xml_entity_error(tag);
    std::string shape = error.empty() ? xml_tag(tag, error) : "";
    if (!error.empty()) {
      return error;
    }
    const std::string name = shape.substr(0, shape.find(' '));
    if (shape.starts_with("/")) {
      if (open.empty() || "/" + open.back() != name) {
        return "broken: " + shape + " closes nothing";
      }
      open.pop_back();
    } else if (!shape.ends_with("/")) {
      open.push_back(name);
    }
    out += "<" + shape + ">";
    rest = rest.substr(end + 1);
  }
  return open.empty() ? out : "broken: " + open.back() + " is not closed";
}

// CommonMark, one line: a run of backticks opens a code span that ends at the next run of the same
// length. In a table, cells end at each `|` that no backslash precedes, before code spans are
// looked at.
std::string line_without_code(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] != '`') {
      out.push_back(line[at++]);
      continue;
    }
    std::size_t run = 0;
    while (at + run < line.size() && line[at + run] == '`') {
      ++run;
    }
    std::size_t close = at + run;
    for (;;) {
      close = line.find('`', close);
      if (close == std::string_view::npos) {
        return "broken: code span is not closed";
      }
      std::size_t length = 0;
      while (close + length < line.size() && line[close + length] == '`') {
        ++length;
      }
      if (length == run) {
        break;
      }
      close += length;
    }
    if (line.starts_with("|") && line.substr(at, close - at).find('|') != std::string_view::npos) {
      return "broken: | in a cell";
    }
    out += "CODE";
    at = close + run;
  }
  return out;
}

std::string markdown_skeleton(const std::string& output) {
  std::string out;
  std::string fence;
  for (const std::string_view line : split(output, '\n')) {
    const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
    if (!fence.empty()) {
      if (ticks >= fence.size() && trim(line.substr(ticks)).empty()) {
        fence.clear();
      }
      continue;
    }
    if (ticks >= 3 && line.substr(ticks).find('`') == std::string_view::npos) {
      fence = std::string(ticks, '`');
      out += "FENCE\n";
      continue;
    }
    const std::string bare = line_without_code(line);
    if (bare.starts_with("broken")) {
      return bare;
    }
    out += bare + "\n";
  }
  return fence.empty() ? out : "broken: fence is not closed";
}

// What a line of the text output is, by how it begins: a hostile text can neither add a line nor
// look like another finding.
std::string_view text_line_kind(std::string_view line) {
  if (line.empty()) {
    return "";
  }
  if (line.starts_with("── ")) {
    return "heading";
  }
  if (line.starts_with("  FAILED  ")) {
    return "failed";
  }
  const std::size_t first = std::min(line.find_first_not_of(' '), line.size());
  const std::string_view rest = line.substr(first);
  if (first > 0 && rest.starts_with("| ")) {
    return "mark";
  }
  if (first > 0 && rest.starts_with("1 | ")) {
    return "source";
  }
  if (first > 0 && rest.starts_with("= ")) {
    return rest.substr(0, rest.find(':'));
  }
  return first > 0 ? "indented" : "text";
}

std::string text_skeleton(const std::string& output) {
  std::string out;
  std::string_view last = "none";
  for (const std::string_view line : split(output, '\n')) {
    const std::string_view kind = text_line_kind(line);
    // A description of several lines has one `why` for each.
    if (kind != "= why" || last != kind) {
      out += std::string(kind) + "\n";
    }
    last = kind;
  }
  return out;
}

}  // namespace

std::string skeleton(std::string_view format, const std::string& output) {
  if (format == "json" || format == "sarif") {
    return json_skeleton(output);
  }
  if (format == "junit") {
    return xml_skeleton(output);
  }
  if (format == "markdown") {
    return markdown_skeleton(output);
  }
  if (format == "text") {
    return text_skeleton(output);
  }
  return "broken: no skeleton for this format";
}

std::string first_unprintable(std::string_view output) {
  for (std::size_t at = 0; at < output.size();) {
    const char32_t c = next_code_point(output, at);
    if (c != '\n' && needs_escape(c)) {
      std::string out;
      append_utf8(out, c);
      return escape_for_display(out);
    }
  }
  return "";
}

TEST_CASE("skeleton: sees what breaks out of each format") {
  CHECK(skeleton("json", "{\"a\": 1, \"a\": 2}") == "broken: duplicate key a");
  CHECK(skeleton("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"c\"><d/></a>\n") ==
        "<a b><d/></a>");
  CHECK(skeleton("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>]]&gt; &x;</a>\n")
            .starts_with("broken"));
  CHECK(skeleton("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a><b></a>\n")
            .starts_with("broken"));
  CHECK(skeleton("markdown", "a `b` ``c`d`` e\n") == "a CODE CODE e\n\n");
  CHECK(skeleton("markdown", "| a | `b|c` |\n") == "broken: | in a cell");
  CHECK(skeleton("markdown", "a `b\n") == "broken: code span is not closed");
  CHECK(skeleton("markdown", "```text\na ``` b\n```\nc\n") == "FENCE\nc\n\n");
  CHECK(first_unprintable("a\nb") == "");
  CHECK(first_unprintable("a\x1b[1m") == "\\e");
}

}  // namespace merlon::test
