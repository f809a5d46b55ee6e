#include "man_page.h"

#include <algorithm>

#include "base/text.h"

namespace merlon::cli {
namespace {

/// A line as roff prints it: backslashes doubled, no request at the front, dashes as they are.
std::string roff_line(std::string_view line) {
  std::string out;
  for (const char c : line) {
    out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  }
  const bool request = out.starts_with('.') || out.starts_with('\'');
  return (request ? "\\&" : "") + out;
}

void append_help(std::string& page, const std::string& text) {
  bool preformatted = false;
  for (const std::string_view line : split(text, '\n')) {
    const bool heading =
        line.ends_with(':') && !line.starts_with(' ') && line.find(' ') == line.npos;
    const bool indented = line.starts_with(' ');
    if (preformatted && !indented && !line.empty()) {
      page += ".fi\n";
      preformatted = false;
    }
    if (heading) {
      std::string title(line.substr(0, line.size() - 1));
      std::ranges::transform(title, title.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      });
      page += ".SH " + title + "\n";
    } else if (line.empty()) {
      page += preformatted ? "\n" : ".PP\n";
    } else {
      if (indented && !preformatted) {
        page += ".nf\n";
        preformatted = true;
      }
      page += roff_line(line) + "\n";
    }
  }
  page += preformatted ? ".fi\n" : "";
}

}  // namespace

std::string man_page(const HelpNode& node) {
  std::string name = "merlon";
  for (const std::string& word : node.words) {
    name += "-" + word;
  }
  std::string page = ".TH " + roff_line(name) + " 1\n.SH NAME\n" + roff_line(name) + " \\- " +
                     roff_line(node.summary) + "\n.SH SYNOPSIS\n";
  append_help(page, node.text);
  for (const HelpNode& child : node.children) {
    if (!node.words.empty()) {
      page += ".SH " + roff_line(join(child.words, " ")) + "\n";
      append_help(page, child.text);
    }
  }
  return page;
}

}  // namespace merlon::cli
