#include <algorithm>
#include <array>

#include "base/byte_search.h"
#include "rules/detector_functions.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestKey = 64;
constexpr std::size_t kLongestValue = 512;

constexpr std::array<bool, 256> make_key_chars() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '_' || c == '-' || c == '.';
  }
  return table;
}
constexpr std::array<bool, 256> kKeyChars = make_key_chars();

bool is_key_char(char c) {
  return kKeyChars[static_cast<unsigned char>(c)];
}

bool is_value_char(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\'' && c != '`' && c != ',' &&
         c != ';' && c != ')' && c != '<' && c != '>' && c != '&' && c != '\\';
}

std::size_t skip_blanks(std::string_view text, std::size_t at, std::string_view what) {
  while (at < text.size() && what.find(text[at]) != std::string_view::npos) {
    ++at;
  }
  return at;
}

std::size_t value_end(std::string_view text, std::size_t at) {
  const std::size_t last = std::min(text.size(), at + kLongestValue);
  while (at < last && is_value_char(text[at])) {
    ++at;
  }
  return at;
}

/// Finds the names before places that are asked for in ascending order. Each character of a run of
/// blanks asks, so the run is gone through once, not once for each.
class AssignedNames {
 public:
  explicit AssignedNames(std::string_view text) : text_(text) {}

  /// The name that ends right before `at`, quotes and blanks between.
  std::string_view before(std::size_t at) {
    std::size_t end = at;
    while (end > gap_end_ && is_gap(text_[end - 1])) {
      --end;
    }
    if (end == gap_end_) {
      end = gap_begin_;
    }
    gap_begin_ = end;
    gap_end_ = at;
    std::size_t begin = end;
    while (begin > 0 && end - begin < kLongestKey && is_key_char(text_[begin - 1])) {
      --begin;
    }
    return text_.substr(begin, end - begin);
  }

 private:
  static bool is_gap(char c) { return c == ' ' || c == '"' || c == '\''; }

  std::string_view text_;
  std::size_t gap_begin_{0};  ///< the quotes and blanks before the place that was asked for last
  std::size_t gap_end_{0};
};

/// Where a name may end: `:`, `=`, and of blanks those behind `Bearer`, quotes between or not. A
/// blank behind a blank says what that one said.
std::size_t next_sign(std::string_view text, std::size_t at) {
  const auto ends_name = [](auto c, auto before) {
    return (c == ':') | (c == '=') |
           ((c == ' ') & ((before == 'r') | (before == 'R') | (before == '"') | (before == '\'')));
  };
  return find_pair_if(text, at, ends_name);
}

void add_value(std::string_view text, std::size_t begin, SecretName name, DetectorHits& hits) {
  std::size_t end = value_end(text, begin);
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == ']' || text[end - 1] == '}')) {
    --end;
  }
  if (could_be_secret(name, text.substr(begin, end - begin))) {
    hits.push_back({.begin = begin, .end = end, .what = "assigned secret"});
  }
}

}  // namespace

// name = value, name: "value", Bearer value
void find_assigned_secrets(std::string_view text, DetectorHits& hits) {
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  AssignedNames names(text);
  for (std::size_t at = next_sign(text, 0); at < text.size(); at = next_sign(text, at + 1)) {
    const std::string_view name = names.before(at);
    if (name.size() < 3) {
      continue;
    }
    if (text[at] == ' ') {
      const bool bearer = name == "Bearer" || name == "bearer" || name == "BEARER";
      if (bearer) {
        add_value(text, skip_blanks(text, at, " "), SecretName::kKey, hits);
      }
      continue;
    }
    const SecretName kind = classify_secret_name(name);
    if (kind == SecretName::kNo) {
      continue;
    }
    std::size_t value = skip_blanks(text, at + 1, " \t=\"'");
    if (text.substr(value).starts_with("Bearer ") || text.substr(value).starts_with("Basic ")) {
      value = skip_blanks(text, text.find(' ', value), " ");
    }
    add_value(text, value, kind, hits);
  }
  hits.erase(
      std::unique(hits.begin() + first, hits.end(),
                  [](const DetectorHit& a, const DetectorHit& b) { return a.begin == b.begin; }),
      hits.end());
}

}  // namespace merlon
