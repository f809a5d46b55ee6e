#include "guard/taint_print.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::uint64_t kTaintBase = 0x9E3779B97F4A7C15ULL;  // odd

std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ (hash >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27U)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31U);
}

/// The hashes of all runs of `gram` bytes.
std::vector<std::uint64_t> gram_hashes(std::string_view text, std::size_t gram) {
  std::uint64_t oldest = 1;  // the weight of the byte that leaves
  for (std::size_t i = 1; i < gram; ++i) {
    oldest *= kTaintBase;
  }
  std::vector<std::uint64_t> out;
  out.reserve(text.size() - gram + 1);
  std::uint64_t hash = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at >= gram) {
      hash -= oldest * (static_cast<unsigned char>(text[at - gram]) + 1U);
    }
    hash = hash * kTaintBase + static_cast<unsigned char>(text[at]) + 1U;
    if (at + 1 >= gram) {
      out.push_back(mixed(hash));
    }
  }
  return out;
}

}  // namespace

TaintShape TaintShape::for_threshold(std::size_t bytes) {
  const std::size_t gram = bytes * 5 / 6;
  return {.gram = gram, .window = bytes - gram + 1};
}

void append_taint_text(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      if (byte > 0x20 && byte != 0x7F) {
        out.push_back(static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte));
      }
      continue;
    }
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (c == 0xFFFD) {
      out.append(text.substr(begin, at - begin));
    } else if (!is_invisible(c) && !is_blank(c)) {
      append_utf8(out, to_lower(c));
    }
  }
}

void append_taint_prints(std::vector<std::int64_t>& out, std::string_view normalised,
                         const TaintShape& shape) {
  if (normalised.size() < shape.threshold()) {
    return;
  }
  const std::vector<std::uint64_t> hashes = gram_hashes(normalised, shape.gram);
  std::size_t least = hashes.size();  // index of the smallest of the window; none yet
  for (std::size_t end = shape.window; end <= hashes.size(); ++end) {
    const std::size_t begin = end - shape.window;
    const std::size_t before = least;
    if (least == hashes.size() || least < begin) {
      least = begin;
      for (std::size_t i = begin; i < end; ++i) {
        least = hashes[i] <= hashes[least] ? i : least;
      }
    } else if (hashes[end - 1] <= hashes[least]) {
      least = end - 1;
    }
    if (least != before) {
      out.push_back(static_cast<std::int64_t>(hashes[least]));
    }
  }
}

void sort_taint_prints(std::vector<std::int64_t>& prints) {
  std::sort(prints.begin(), prints.end());
  prints.erase(std::unique(prints.begin(), prints.end()), prints.end());
}

}  // namespace merlon
