#include "rules/rule_variants.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr char32_t kZeroWidthSpace = 0x200B;
constexpr char32_t kFirstTag = 0xE0000;

bool is_variant_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Every code point in its turn, with its number.
template <class Write>
std::string map_letters(std::string_view text, Write write) {
  std::string out;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size(); ++number) {
    write(out, next_code_point(text, at), number);
  }
  return out;
}

std::string write_upper_case(std::string_view text) {
  return map_letters(text, [](std::string& out, char32_t c, std::size_t) {
    append_utf8(out, c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
}

std::string write_mixed_case(std::string_view text) {
  return map_letters(text, [](std::string& out, char32_t c, std::size_t number) {
    const bool lower = c >= 'a' && c <= 'z';
    append_utf8(out, lower && number % 2 == 1 ? c - 'a' + 'A' : c);
  });
}

std::string write_zero_width(std::string_view text) {
  return map_letters(text, [](std::string& out, char32_t c, std::size_t number) {
    append_utf8(out, c);
    if (is_variant_letter(c) && number % 2 == 0) {
      append_utf8(out, kZeroWidthSpace);
    }
  });
}

char32_t cyrillic_like(char32_t c) {
  switch (c) {
    case 'a': return 0x430;
    case 'c': return 0x441;
    case 'e': return 0x435;
    case 'i': return 0x456;
    case 'o': return 0x43E;
    case 'p': return 0x440;
    case 'x': return 0x445;
    case 'y': return 0x443;
    default: return c;
  }
}

std::string write_homoglyphs(std::string_view text) {
  return map_letters(
      text, [](std::string& out, char32_t c, std::size_t) { append_utf8(out, cyrillic_like(c)); });
}

std::string write_full_width(std::string_view text) {
  return map_letters(text, [](std::string& out, char32_t c, std::size_t) {
    append_utf8(out, is_variant_letter(c) ? c + 0xFEE0 : c);
  });
}

/// `i g n o r e   a l l`
std::string write_spaced(std::string_view text) {
  return map_letters(text, [](std::string& out, char32_t c, std::size_t) {
    append_utf8(out, c);
    out.push_back(' ');
  });
}

char32_t leet_digit(char32_t c) {
  switch (c) {
    case 'a': return '4';
    case 'e': return '3';
    case 'i': return '1';
    case 'o': return '0';
    case 's': return '5';
    case 't': return '7';
    default: return c;
  }
}

std::string write_leet(std::string_view text) {
  return map_letters(
      text, [](std::string& out, char32_t c, std::size_t) { append_utf8(out, leet_digit(c)); });
}

std::string write_tags(std::string_view text) {
  return "Looks up a value. " + map_letters(text, [](std::string& out, char32_t c, std::size_t) {
           append_utf8(out, c >= 0x20 && c < 0x7F ? kFirstTag + c : c);
         });
}

std::string write_base64(std::string_view text) {
  return "Looks up a value. " + to_base64(text);
}

std::string write_percent(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
  return out;
}

std::string write_entities(std::string_view text) {
  return map_letters(text, [](std::string& out, char32_t c, std::size_t) {
    out += "&#" + std::to_string(static_cast<std::uint32_t>(c)) + ";";
  });
}

constexpr std::array<EvasionVariant, 11> kVariants{{
    {.name = "upper-case", .write = write_upper_case},
    {.name = "mixed-case", .write = write_mixed_case},
    {.name = "zero-width", .write = write_zero_width},
    {.name = "homoglyphs", .write = write_homoglyphs},
    {.name = "full-width", .write = write_full_width},
    {.name = "spaced", .write = write_spaced},
    {.name = "leet", .write = write_leet},
    {.name = "tag-characters", .write = write_tags},
    {.name = "base64", .write = write_base64},
    {.name = "percent", .write = write_percent},
    {.name = "html-entities", .write = write_entities},
}};

bool has_variants(const Rule& rule) {
  return rule.check.empty() && !rule.secret && rule.enabled;
}

bool skips(const Rule& rule, std::string_view variant) {
  return std::find(rule.skip_variants.begin(), rule.skip_variants.end(), variant) !=
         rule.skip_variants.end();
}

class VariantRunner {
 public:
  VariantRunner(const CompiledRules& compiled, const Limits& limits, const TextScanner& scan_text)
      : compiled_(compiled), state_(compiled, limits), scan_text_(scan_text) {}

  void run(const Rule& rule, std::size_t index, const EvasionVariant& variant, VariantCount& row) {
    const RuleExample& example = rule.bad[index];
    ++row.total;
    const std::string text = variant.write(example.text);
    if (fires(rule, example.surface, text)) {
      ++row.by_rule;
    } else if (!scan_text_(text).empty()) {
      ++row.reported;
    } else {
      row.misses.push_back({.rule_id = rule.id, .index = index});
    }
  }

  /// The same for the examples that can be varied, those a rule exempts counted apart.
  void run_example(const Rule& rule, std::size_t index, const EvasionVariant& variant,
                   VariantCount& row) {
    const RuleExample& example = rule.bad[index];
    if (example.manifest || example.surface != Surface::kToolDescription) {
      return;
    }
    if (skips(rule, variant.name)) {
      ++row.exempt;
    } else {
      run(rule, index, variant, row);
    }
  }

 private:
  bool fires(const Rule& rule, Surface surface, const std::string& text) {
    hits_.clear();
    state_.match(surface, text, hits_);
    const auto index = compiled_.find(rule.id);
    return std::any_of(hits_.begin(), hits_.end(), [&](const RuleHit& hit) {
      return hit.rule == index && !hit.budget_exceeded;
    });
  }

  const CompiledRules& compiled_;
  RuleMatcherState state_;
  const TextScanner& scan_text_;
  std::vector<RuleHit> hits_;
};

}  // namespace

std::span<const EvasionVariant> evasion_variants() {
  return kVariants;
}

const EvasionVariant* find_evasion_variant(std::string_view name) {
  const auto* const found = std::find_if(kVariants.begin(), kVariants.end(),
                                         [&](const auto& v) { return v.name == name; });
  return found == kVariants.end() ? nullptr : found;
}

std::vector<VariantCount> test_rule_variants(const std::vector<Rule>& rules,
                                             const CompiledRules& compiled, const Limits& limits,
                                             const TextScanner& scan_text) {
  VariantRunner runner(compiled, limits, scan_text);
  std::vector<VariantCount> out;
  for (const EvasionVariant& variant : kVariants) {
    VariantCount row{.name = variant.name};
    for (const Rule& rule : rules) {
      for (std::size_t index = 0; has_variants(rule) && index < rule.bad.size(); ++index) {
        runner.run_example(rule, index, variant, row);
      }
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace merlon
