#include <algorithm>

#include "rules/detector_functions.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestKey = 64;
constexpr std::size_t kLongestValue = 512;

bool is_key_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-' || c == '.';
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

// The name that ends right before `at`, quotes and blanks between.
std::string_view name_before(std::string_view text, std::size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '"' || text[at - 1] == '\'')) {
    --at;
  }
  std::size_t begin = at;
  while (begin > 0 && at - begin < kLongestKey && is_key_char(text[begin - 1])) {
    --begin;
  }
  return text.substr(begin, at - begin);
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
  for (std::size_t at = text.find_first_of(":= "); at != std::string_view::npos;
       at = text.find_first_of(":= ", at + 1)) {
    const std::string_view name = name_before(text, at);
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
