#include <optional>
#include <string>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

constexpr std::size_t kMostSurrogates = 200;

std::optional<unsigned> unit_at(std::string_view raw, std::size_t at) {
  if (at + 6 > raw.size() || raw[at] != '\\' || raw[at + 1] != 'u') {
    return std::nullopt;
  }
  unsigned value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const char c = raw[i];
    value <<= 4U;
    if (c >= '0' && c <= '9') {
      value |= static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value |= static_cast<unsigned>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value |= static_cast<unsigned>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

bool has_lone_surrogate(std::string_view raw) {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    const auto unit = unit_at(raw, at);
    if (!unit) {
      at += 2;  // any other escape, `\\` among them
      continue;
    }
    if (*unit >= 0xDC00 && *unit < 0xE000) {
      return true;
    }
    at += 6;
    if (*unit < 0xD800 || *unit >= 0xDC00) {
      continue;
    }
    const auto low = unit_at(raw, at);
    if (!low || *low < 0xDC00 || *low >= 0xE000) {
      return true;
    }
    at += 6;
  }
  return false;
}

}  // namespace

void check_lone_surrogates(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Document& document = input.manifests[index]->document;
    std::size_t reports = 0;
    for (NodeId node = 0; node < document.size() && reports < kMostSurrogates; ++node) {
      const std::uint8_t flags = document.node(node).flags;
      if ((flags & kNodeEscaped) == 0 || (flags & kNodeStored) != 0 ||
          !is_text_node(document, node) || !has_lone_surrogate(document.raw(node))) {
        continue;
      }
      ++reports;
      sink.report({.rule_id = "lone-surrogate", .manifest = index, .node = node});
    }
  }
}

}  // namespace merlon
