#include "wrap/launch_edits.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace merlon {
namespace {

std::unexpected<Error> unknown_style() {
  return fail(ErrorCode::kFormat, "its launch is written in a style that is not understood");
}

std::uint64_t line_start(std::string_view text, std::uint64_t at) {
  const std::size_t feed = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return feed == std::string_view::npos ? 0 : feed + 1;
}

std::uint64_t line_end(std::string_view text, std::uint64_t at) {
  const std::size_t feed = text.find('\n', at);
  const std::uint64_t end = feed == std::string_view::npos ? text.size() : feed;
  return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

std::string_view line_feed_of(std::string_view text) {
  return text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
}

/// What stands before `at` on its line when that is blanks only.
std::optional<std::string_view> indent_at(std::string_view text, std::uint64_t at) {
  const std::uint64_t start = line_start(text, at);
  const std::string_view before = text.substr(start, at - start);
  return before.find_first_not_of(" \t") == std::string_view::npos ? std::optional(before)
                                                                   : std::nullopt;
}

std::vector<std::string> quoted_words(ConfigSyntax syntax, const std::vector<std::string>& words) {
  std::vector<std::string> out;
  out.reserve(words.size());
  for (const std::string& word : words) {
    out.push_back(quoted_in(syntax, word));
  }
  return out;
}

bool is_in_braces(const Document& document, NodeId object) {
  return document.raw(object).starts_with('{');
}

bool is_block_list(const Document& document, ConfigSyntax syntax, NodeId list) {
  return syntax == ConfigSyntax::kYaml && document.raw(list).starts_with('-');
}

Result<TextEdit> add_words(const Document& document, ConfigSyntax syntax, NodeId list,
                           const std::vector<std::string>& words) {
  const std::string_view text = document.source().bytes();
  const std::uint64_t begin = document.node(list).begin;
  const std::string feed(line_feed_of(text));
  const std::vector<std::string> quoted = quoted_words(syntax, words);
  if (is_block_list(document, syntax, list)) {
    const auto indent = indent_at(text, begin);
    if (!indent) {
      return unknown_style();
    }
    std::string added;
    for (const std::string& word : quoted) {
      added.append("- ").append(word).append(feed).append(*indent);
    }
    return TextEdit{.begin = begin, .end = begin, .text = std::move(added)};
  }
  if (!document.raw(list).starts_with('[')) {
    return unknown_style();
  }
  const std::vector<NodeId> elements = document.elements(list);
  if (elements.empty()) {
    return TextEdit{.begin = begin + 1, .end = begin + 1, .text = join(quoted, ", ")};
  }
  const std::uint64_t first = document.node(elements.front()).begin;
  const auto indent = indent_at(text, first);
  const std::string separator = indent ? "," + feed + std::string(*indent) : ", ";
  return TextEdit{.begin = first, .end = first, .text = join(quoted, separator) + separator};
}

/// A list of arguments where there was none, behind the command.
TextEdit add_list(const Document& document, ConfigSyntax syntax, const LaunchSite& site,
                  const std::vector<std::string>& words) {
  const std::string_view text = document.source().bytes();
  const Node& key = document.node(site.command_key);
  const std::uint64_t value_end = document.node(site.command).end;
  const std::string list = "[" + join(quoted_words(syntax, words), ", ") + "]";
  const std::string feed(line_feed_of(text));
  if (syntax == ConfigSyntax::kJson || is_in_braces(document, site.object)) {
    const auto indent = indent_at(text, key.begin);
    std::string member = syntax == ConfigSyntax::kToml ? "args = " : "args: ";
    if (document.raw(site.command_key).starts_with('"') && syntax != ConfigSyntax::kToml) {
      member = "\"args\": ";
    }
    const std::string separator =
        indent && syntax != ConfigSyntax::kToml ? "," + feed + std::string(*indent) : ", ";
    return {.begin = value_end, .end = value_end, .text = separator + member + list};
  }
  const std::uint64_t start = line_start(text, key.begin);
  const std::uint64_t end = line_end(text, value_end);
  if (syntax == ConfigSyntax::kYaml) {
    return {.begin = end,
            .end = end,
            .text = feed + std::string(key.begin - start, ' ') + "args: " + list};
  }
  // `tools.command = "x"` has its table in front of the name.
  return {.begin = end,
          .end = end,
          .text = feed + std::string(text.substr(start, key.begin - start)) + "args = " + list};
}

Result<TextEdit> drop_words(const Document& document, ConfigSyntax syntax, NodeId list,
                            std::size_t count) {
  const std::string_view text = document.source().bytes();
  const std::vector<NodeId> elements = document.elements(list);
  const bool block = is_block_list(document, syntax, list);
  if (count > elements.size() || elements.empty() ||
      (!block && !document.raw(list).starts_with('['))) {
    return unknown_style();
  }
  const std::uint64_t begin =
      block ? document.node(list).begin : document.node(elements.front()).begin;
  if (count == elements.size()) {
    std::uint64_t end = document.node(elements.back()).end;
    if (block) {
      return TextEdit{.begin = begin, .end = end, .text = "[]"};
    }
    const std::size_t next = text.find_first_not_of(" \t\r\n", end);
    end = next != std::string_view::npos && text[next] == ',' ? next + 1 : end;
    return TextEdit{.begin = begin, .end = end, .text = ""};
  }
  std::uint64_t end = document.node(elements[count]).begin;
  if (block) {
    const std::size_t dash = text.find_last_not_of(" \t", end - 1);
    if (dash == std::string_view::npos || text[dash] != '-') {
      return unknown_style();
    }
    end = dash;
  }
  return TextEdit{.begin = begin, .end = end, .text = ""};
}

TextEdit replace_node(const Document& document, NodeId node, std::string text) {
  return {
      .begin = document.node(node).begin, .end = document.node(node).end, .text = std::move(text)};
}

}  // namespace

Result<std::vector<TextEdit>> put_in_front(const Document& document, ConfigSyntax syntax,
                                           const LaunchSite& site,
                                           const std::vector<std::string>& front,
                                           const std::string& program) {
  std::vector<TextEdit> edits;
  if (site.list) {
    MERLON_TRY(edits.emplace_back(), add_words(document, syntax, site.command, front));
    return edits;
  }
  std::vector<std::string> words(front.begin() + 1, front.end());
  words.push_back(program);
  edits.push_back(replace_node(document, site.command, quoted_in(syntax, front.front())));
  if (site.arguments == kNoNode) {
    edits.push_back(add_list(document, syntax, site, words));
  } else if (document.is(site.arguments, NodeKind::kArray)) {
    MERLON_TRY(edits.emplace_back(), add_words(document, syntax, site.arguments, words));
  } else {
    edits.push_back(replace_node(document, site.arguments,
                                 "[" + join(quoted_words(syntax, words), ", ") + "]"));
  }
  return edits;
}

Result<std::vector<TextEdit>> take_from_front(const Document& document, ConfigSyntax syntax,
                                              const LaunchSite& site, std::size_t count) {
  std::vector<TextEdit> edits;
  if (site.list) {
    MERLON_TRY(edits.emplace_back(), drop_words(document, syntax, site.command, count));
    return edits;
  }
  const std::vector<std::string> words = written_words(document, site);
  if (count >= words.size() || site.arguments == kNoNode) {
    return unknown_style();
  }
  edits.push_back(replace_node(document, site.command, quoted_in(syntax, words[count])));
  MERLON_TRY(edits.emplace_back(), drop_words(document, syntax, site.arguments, count));
  return edits;
}

}  // namespace merlon
