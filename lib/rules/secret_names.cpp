#include "rules/secret_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/placeholder.h"

namespace merlon {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_name_digit(char c) {
  return c >= '0' && c <= '9';
}

std::vector<std::string> words_of_key(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size() && i < 128; ++i) {
    const char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_name_digit(c)) {
      if (!words.back().empty()) {
        words.emplace_back();
      }
      continue;
    }
    if (is_upper(c) && i > 0 && is_lower(name[i - 1]) && !words.back().empty()) {
      words.emplace_back();
    }
    words.back().push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
  }
  if (words.back().empty()) {
    words.pop_back();
  }
  return words;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_pair(const std::vector<std::string>& words, std::string_view first,
              std::string_view second) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == first && words[i + 1] == second) {
      return true;
    }
  }
  return false;
}

/// Whether a part stands in the name, without regard to case. `part` is lower case.
bool has_part(std::string_view name, std::size_t at, std::string_view part) {
  if (name.size() - at < part.size()) {
    return false;
  }
  for (std::size_t i = 0; i < part.size(); ++i) {
    // `part` is of letters: no byte but the letter itself becomes one by this bit.
    if ((static_cast<unsigned char>(name[at + i]) | 0x20U) != static_cast<unsigned char>(part[i])) {
      return false;
    }
  }
  return true;
}

/// Whether words_of_key ends a word before `at`, which is behind a letter.
bool ends_word(std::string_view name, std::size_t at) {
  if (at >= name.size()) {
    return true;
  }
  const char next = name[at];
  return is_upper(next) ? is_lower(name[at - 1]) : !is_lower(next) && !is_name_digit(next);
}

/// How the parts of may_name_secret begin, without regard to case: by the first letter the second
/// ones, a bit each.
constexpr std::array<std::uint32_t, 32> kPartBeginnings = [] {
  std::array<std::uint32_t, 32> out{};
  for (const std::string_view begin :
       {"au", "be", "cr", "ds", "jw", "ke", "pa", "pw", "se", "to"}) {
    out[static_cast<unsigned char>(begin[0]) & 31U] |=
        std::uint32_t{1} << (static_cast<unsigned char>(begin[1]) & 31U);
  }
  return out;
}();

/// Every name of a secret has one of these in it; most names have none and need no splitting.
bool may_name_secret(std::string_view name) {
  for (std::size_t at = 0; at + 1 < name.size(); ++at) {
    if (((kPartBeginnings[static_cast<unsigned char>(name[at]) & 31U] >>
          (static_cast<unsigned char>(name[at + 1]) & 31U)) &
         1U) == 0) {
      continue;
    }
    std::string_view rest;  // of the part, after its first letter
    switch (static_cast<unsigned char>(name[at]) | 0x20U) {
      case 'a': rest = "uthorization"; break;
      case 'b': rest = "earer"; break;
      case 'c': rest = "redential"; break;
      case 'd': rest = "sn"; break;
      case 'j': rest = "wt"; break;
      case 'k': rest = "ey"; break;
      case 'p':
        if (has_part(name, at + 1, "ass") || has_part(name, at + 1, "wd")) {
          return true;
        }
        if (has_part(name, at + 1, "at") && ends_word(name, at + 3)) {
          return true;  // `path` is none
        }
        continue;
      case 's': rest = "ecret"; break;
      case 't': rest = "oken"; break;
      default: continue;
    }
    if (has_part(name, at + 1, rest)) {
      return true;
    }
  }
  return false;
}

// `TOKEN_LIMIT`, `PASSWORD_FILE`, `KEY_ID` and `SECRET_NAME` speak about a secret and are none.
bool is_about_a_secret(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 30> kAbout{
      "limit",   "limits",   "max",    "min",    "count", "file", "path",   "url",
      "uri",     "name",     "type",   "length", "size",  "ttl",  "expiry", "expires",
      "budget",  "endpoint", "header", "id",     "env",   "var",  "prefix", "store",
      "timeout", "format",   "field",  "public", "usage", "dir"};
  return !words.empty() && std::find(kAbout.begin(), kAbout.end(), words.back()) != kAbout.end();
}

}  // namespace

SecretName classify_secret_name(std::string_view name) {
  if (!may_name_secret(name)) {
    return SecretName::kNo;
  }
  const std::vector<std::string> words = words_of_key(name);
  if (words.empty() || is_about_a_secret(words) || has(words, "public") ||
      has(words, "publishable")) {
    return SecretName::kNo;
  }
  for (const std::string_view word : {"password", "passwd", "pwd", "passphrase", "pass"}) {
    if (has(words, word)) {
      return SecretName::kPassword;
    }
  }
  for (const std::string_view word :
       {"token", "secret", "apikey", "bearer", "authorization", "credential", "credentials", "pat",
        "accesstoken", "authtoken", "jwt", "dsn"}) {
    if (has(words, word)) {
      return SecretName::kKey;
    }
  }
  for (const auto& [first, second] : {std::pair{"api", "key"},
                                      {"access", "key"},
                                      {"secret", "key"},
                                      {"private", "key"},
                                      {"auth", "key"},
                                      {"service", "key"},
                                      {"account", "key"},
                                      {"admin", "key"},
                                      {"role", "key"},
                                      {"client", "secret"},
                                      {"signing", "key"},
                                      {"encryption", "key"},
                                      {"master", "key"},
                                      {"license", "key"},
                                      {"app", "key"},
                                      {"application", "key"},
                                      {"subscription", "key"},
                                      {"session", "key"}}) {
    if (has_pair(words, first, second)) {
      return SecretName::kKey;
    }
  }
  return words.back() == "key" && words.size() >= 2 ? SecretName::kKey : SecretName::kNo;
}

bool could_be_secret(SecretName name, std::string_view value) {
  switch (name) {
    case SecretName::kNo: return false;
    case SecretName::kKey: return looks_random(value);
    case SecretName::kPassword: break;
  }
  if (value.size() < 8 || value.size() > 256 || is_placeholder(value)) {
    return false;
  }
  const bool letter =
      std::any_of(value.begin(), value.end(), [](char c) { return is_upper(c) || is_lower(c); });
  const bool other =
      std::any_of(value.begin(), value.end(), [](char c) { return !is_upper(c) && !is_lower(c); });
  const bool blank = std::any_of(value.begin(), value.end(),
                                 [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
  return letter && other && !blank && value.front() != '/' &&
         value.find("://") == std::string_view::npos;
}

}  // namespace merlon
