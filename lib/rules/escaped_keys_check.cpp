#include <string>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

constexpr std::size_t kMostEscaped = 200;

int hex_digit(char c) {
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

// Writers of JSON escape control characters, quotes, and some of them `<`, `>`, `&` and `'` or all
// that is not ASCII; none escapes an ASCII letter or digit.
bool escapes_letters(std::string_view raw) {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos && at + 1 < raw.size();
       at = raw.find('\\', at + 2)) {
    if (raw[at + 1] != 'u' || at + 6 > raw.size() || raw[at + 2] != '0' || raw[at + 3] != '0') {
      continue;
    }
    const int high = hex_digit(raw[at + 4]);
    const int low = hex_digit(raw[at + 5]);
    if (high < 0 || low < 0) {
      continue;
    }
    const auto c = static_cast<char>((high * 16) + low);
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_') {
      return true;
    }
  }
  return false;
}

}  // namespace

void check_escaped_keys(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Document& document = input.manifests[index]->document;
    std::size_t reports = 0;
    for (NodeId node = 0; node < document.size() && reports < kMostEscaped; ++node) {
      const std::uint8_t flags = document.node(node).flags;
      if ((flags & kNodeEscaped) == 0 || (flags & kNodeStored) != 0 ||
          !is_text_node(document, node) || !escapes_letters(document.raw(node))) {
        continue;
      }
      ++reports;
      const bool key = document.kind(node) == NodeKind::kKey;
      CheckHit hit{
          .rule_id = key ? "escaped-key" : "escaped-letters", .manifest = index, .node = node};
      if (key) {
        hit.message = "a key is spelled with escapes and means " + in_ticks(document.text(node));
      }
      sink.report(std::move(hit));
    }
  }
}

}  // namespace merlon
