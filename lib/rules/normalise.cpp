#include "rules/normalise.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/normalise_confusables.h"
#include "rules/normalise_leet.h"
#include "rules/normalise_spaced.h"
#include "rules/normalise_units.h"

namespace merlon {
namespace {

constexpr std::size_t kMaxMarks = 16;  // of one letter; stacks beyond are decoration
// Quotes, dashes and dots that keyboards and editors put for ASCII ones; NFKC leaves them. ASCII
// stays: a backtick marks code, and rules look for it.
char32_t plain_punctuation(char32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x02BC:
    case 0x00B4: return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x00AB:
    case 0x00BB: return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212: return '-';
    case 0x2044:
    case 0x2215: return '/';
    default: return c;
  }
}

void append_cluster(TextUnits& units, std::span<const char32_t> cluster, std::uint32_t source,
                    std::uint32_t source_end) {
  std::string composed;
  append_nfkc(composed, cluster);
  for (std::size_t at = 0; at < composed.size();) {
    const char32_t c = next_code_point(composed, at);
    if (!is_invisible(c)) {
      units.push_back({.c = c, .source = source, .source_end = source_end});
    }
  }
}

// A letter and the marks behind it. Moves `at` past them.
void append_composed(TextUnits& units, std::string_view text, std::size_t& at, char32_t first,
                     std::size_t begin) {
  std::array<char32_t, kMaxMarks + 1> cluster{first};
  std::size_t size = 1;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0x80U) != 0) {
    std::size_t next = at;
    const char32_t mark = next_code_point(text, next);
    if (!is_mark(mark) && !is_invisible(mark)) {
      break;
    }
    if (!is_invisible(mark) && size < cluster.size()) {
      cluster[size++] = mark;
    }
    at = next;
  }
  append_cluster(units, std::span(cluster).first(size), static_cast<std::uint32_t>(begin),
                 static_cast<std::uint32_t>(at));
}

bool next_is_mark(std::string_view text, std::size_t at) {
  if (at >= text.size() || static_cast<unsigned char>(text[at]) < 0xCC) {
    return false;
  }
  return is_mark(next_code_point(text, at));
}

// Code points without invisible ones, NFKC, blanks and punctuation plain.
TextUnits to_units(std::string_view text) {
  TextUnits units;
  units.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    const TextUnit unit{.c = c,
                        .source = static_cast<std::uint32_t>(begin),
                        .source_end = static_cast<std::uint32_t>(at)};
    if (is_invisible(c)) {
      continue;
    }
    if (is_blank(c)) {
      units.push_back(
          {.c = c < 0x80 ? c : U' ', .source = unit.source, .source_end = unit.source_end});
    } else if (next_is_mark(text, at) || !is_nfkc_inert(c)) {
      append_composed(units, text, at, c, begin);
    } else {
      units.push_back(unit);
    }
  }
  for (TextUnit& unit : units) {
    unit.c = plain_punctuation(unit.c);
  }
  return units;
}

bool has_lookalike(const TextUnits& units, std::size_t begin, std::size_t end) {
  bool found = false;
  for (std::size_t i = begin; i < end; ++i) {
    const char32_t c = units[i].c;
    if (is_latin_letter(c)) {
      continue;
    }
    if (latin_lookalike(c) == 0) {
      return false;
    }
    found = true;
  }
  return found;
}

void fold_lookalike(char32_t& c) {
  const char plain = latin_lookalike(c);
  if (plain != 0) {
    c = static_cast<unsigned char>(plain);
  }
}

// A word of which one letter is really Cyrillic or Greek is left alone: it is a word of that
// language.
void fold_lookalikes(TextUnits& units) {
  const auto is_part = [](char32_t c) { return is_letter(c) || latin_lookalike(c) != 0; };
  for (std::size_t begin = 0; begin < units.size();) {
    if (!is_part(units[begin].c)) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < units.size() && is_part(units[end].c)) {
      ++end;
    }
    if (has_lookalike(units, begin, end)) {
      for (std::size_t i = begin; i < end; ++i) {
        fold_lookalike(units[i].c);
      }
    }
    begin = end;
  }
}

DerivedText to_text(const TextUnits& units) {
  DerivedText out;
  out.text.reserve(units.size());
  for (const TextUnit& unit : units) {
    const std::size_t at = out.text.size();
    append_utf8(out.text, unit.c);
    if (out.text.size() - at == unit.source_end - unit.source) {
      out.places.linear(at, unit.source);
    } else {
      out.places.block(at, unit.source, unit.source_end);
    }
  }
  return out;
}

bool strip_accents(TextUnits& units) {
  bool changed = false;
  TextUnits out;
  out.reserve(units.size());
  for (const TextUnit& unit : units) {
    if (is_mark(unit.c)) {
      changed = true;
      continue;
    }
    const char32_t plain = without_accents(unit.c);
    const bool latin = plain < 0x80 && plain != unit.c;
    changed = changed || latin;
    out.push_back(
        {.c = latin ? plain : unit.c, .source = unit.source, .source_end = unit.source_end});
  }
  units = std::move(out);
  return changed;
}

}  // namespace

bool may_change_when_normalised(std::string_view text) {
  return !is_ascii(text) || looks_spaced(text) || looks_leet(text);
}

std::vector<DerivedText> normalise(std::string_view text) {
  std::vector<DerivedText> out;
  TextUnits units = to_units(text);
  fold_lookalikes(units);
  join_spaced_letters(units);
  fold_leet(units);
  out.push_back(to_text(units));
  if (strip_accents(units)) {
    fold_leet(units);
    out.push_back(to_text(units));
  }
  return out;
}

}  // namespace merlon
