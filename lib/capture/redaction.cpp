#include "capture/redaction.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/document.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/source_text.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShortestValue = 6;
constexpr std::size_t kShortestKey = 16;

constexpr std::array<std::string_view, 11> kSecretWords{"token", "secret", "password", "passwd",
                                                        "pwd",   "apikey", "bearer",   "credential",
                                                        "auth",  "pat",    "key"};
constexpr std::array<std::string_view, 19> kSecretPrefixes{
    "sk-",   "sk_",   "rk_live_", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xoxb-",
    "xoxp-", "xoxa-", "xapp-",    "AKIA", "AIza", "npm_", "hf_",  "pypi-",       "dop_v1_"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// The words of a name: `--api-key`, `API_KEY` and `apiKey` all give api, key.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool hump = i > 0 && is_upper(name[i]) && !is_upper(name[i - 1]);
    if ((hump || !is_letter(name[i])) && !word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
    if (is_letter(name[i])) {
      word.push_back(name[i]);
    }
  }
  if (!word.empty()) {
    words.push_back(word);
  }
  for (std::string& each : words) {
    each = to_lower_ascii(each);
  }
  return words;
}

bool is_placeholder_or_path(std::string_view value) {
  return value.empty() || value.find("${") != std::string_view::npos || value.starts_with('/') ||
         value.starts_with("./") || value.starts_with("../") || value.starts_with('~') ||
         value.starts_with('$') || value.starts_with('<');
}

// Where the password of `scheme://user:password@host` is; both 0 when there is none.
std::pair<std::size_t, std::size_t> url_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    return {0, 0};
  }
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(text.find_first_of("/?#", begin), text.size());
  const std::size_t at = text.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) {
    return {0, 0};
  }
  const std::size_t colon = text.find(':', begin);
  if (colon == std::string_view::npos || colon + 1 >= at) {
    return {0, 0};
  }
  return {colon + 1, at};
}

// Where in `word` a secret stands: [first, second), empty when nowhere.
std::pair<std::size_t, std::size_t> secret_in(std::string_view previous, std::string_view word) {
  const auto from = [&](std::size_t begin) -> std::pair<std::size_t, std::size_t> {
    if (is_placeholder_or_path(word.substr(begin))) {
      return {0, 0};
    }
    return {begin, word.size()};
  };
  if (const auto password = url_password(word); password.second > 0) {
    return is_placeholder_or_path(word.substr(password.first, password.second - password.first))
               ? std::pair<std::size_t, std::size_t>{0, 0}
               : password;
  }
  const std::string lower = to_lower_ascii(word);
  if (const std::size_t bearer = lower.find("bearer "); bearer != std::string::npos) {
    return from(bearer + 7);
  }
  if (lower.starts_with("authorization:")) {
    return from(lower.find_first_not_of(' ', 14));
  }
  const std::size_t equals = word.find('=');
  if (equals != std::string_view::npos) {
    if (names_a_secret(word.substr(0, equals)) || has_form_of_a_secret(word.substr(equals + 1))) {
      return from(equals + 1);
    }
    return {0, 0};
  }
  if (previous.starts_with('-') && previous.find('=') == std::string_view::npos &&
      names_a_secret(previous) && !word.starts_with('-')) {
    return from(0);
  }
  return has_form_of_a_secret(word) ? from(0) : std::pair<std::size_t, std::size_t>{0, 0};
}

}  // namespace

bool names_a_secret(std::string_view name) {
  const std::vector<std::string> words = words_of(name);
  const auto is_one = [&](const std::string& word) {
    return std::find(kSecretWords.begin(), kSecretWords.end(), word) != kSecretWords.end();
  };
  // `--key-file` and `PUBLIC_KEY` name no secret.
  if (!words.empty() &&
      (words.back() == "file" || words.back() == "path" || words.back() == "dir" ||
       words.back() == "url" || words.front() == "public")) {
    return false;
  }
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return is_one(word) || (word.ends_with('s') && is_one(word.substr(0, word.size() - 1))) ||
           word.ends_with("token") || word.ends_with("password") || word.ends_with("apikey");
  });
}

bool has_form_of_a_secret(std::string_view value) {
  if (value.size() < kShortestKey || value.find_first_of(" /\\") != std::string_view::npos) {
    return false;
  }
  if (value.starts_with("eyJ") && std::count(value.begin(), value.end(), '.') == 2) {
    return true;
  }
  const bool digits =
      std::any_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && std::any_of(kSecretPrefixes.begin(), kSecretPrefixes.end(),
                               [&](std::string_view prefix) { return value.starts_with(prefix); });
}

MaskedWords mask_words(const std::vector<std::string>& words) {
  MaskedWords out;
  std::string_view previous;
  for (const std::string& word : words) {
    const auto [begin, end] = secret_in(previous, word);
    previous = word;
    if (end == 0) {
      out.words.push_back(word);
      continue;
    }
    out.secrets.push_back(word.substr(begin, end - begin));
    out.words.push_back(word.substr(0, begin) + std::string(kSecretMark) + word.substr(end));
  }
  return out;
}

Redactor::Redactor(std::vector<std::string> values) : values_(std::move(values)) {
  std::erase_if(values_, [](const std::string& value) { return value.size() < kShortestValue; });
  // A value that holds another one must go first.
  std::sort(values_.begin(), values_.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
}

std::string Redactor::apply(std::string_view text) const {
  std::string out(text);
  for (const std::string& value : values_) {
    std::string next;
    std::size_t from = 0;
    for (std::size_t at = out.find(value); at != std::string::npos; at = out.find(value, from)) {
      next.append(out, from, at - from).append(kSecretMark);
      from = at + value.size();
    }
    if (from > 0) {
      out = next.append(out, from);
    }
  }
  return out;
}

std::optional<std::string> Redactor::apply_to_json(const std::string& json,
                                                   const Limits& limits) const {
  if (values_.empty() || json.empty()) {
    return std::nullopt;
  }
  const auto document = parse_json(SourceText::copy_of("", json), JsonDialect::kStrict, limits);
  if (!document) {
    return std::nullopt;
  }  // cannot happen: it was cut out of a document
  std::string out;
  std::size_t from = 0;
  std::string scratch;
  for (NodeId id = 0; id < document->size(); ++id) {
    if (!document->is(id, NodeKind::kString) && !document->is(id, NodeKind::kKey)) {
      continue;
    }
    const std::string_view text = document->text(id, scratch);
    const std::string redacted = apply(text);
    if (redacted == text) {
      continue;
    }
    const std::string_view raw = document->raw(id);
    const std::size_t begin = document->node(id).begin;
    out.append(json, from, begin - from);
    append_json_string(out, redacted);
    from = begin + raw.size();
  }
  if (from == 0) {
    return std::nullopt;
  }
  return out.append(json, from);
}

bool Redactor::apply_to_surface(EraSurface& surface, const Limits& limits) const {
  bool hit = false;
  const auto redact = [&](std::string& json) {
    if (auto redacted = apply_to_json(json, limits)) {
      json = *std::move(redacted);
      hit = true;
    }
  };
  redact(surface.server_info);
  redact(surface.capabilities);
  redact(surface.instructions);
  for (auto& list : surface.lists) {
    for (Definition& definition : list) {
      redact(definition.raw);
      definition.name = apply(definition.name);
    }
  }
  return hit;
}

}  // namespace merlon
