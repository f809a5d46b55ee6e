#include "capture/placeholders.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShownPlaceholderBytes = 60;
/// What is longer is text: looking for the end of what never ends would take quadratic time.
constexpr std::size_t kLongestPlaceholder = 4096;

bool is_variable_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && (text.front() < '0' || text.front() > '9') &&
         std::all_of(text.begin(), text.end(), is_variable_char);
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// `${{ secrets.ID }}` and its like, by what stands before the id.
constexpr std::array<std::string_view, 4> kGivenPrefixes{"input:", "user_config.", "secrets.",
                                                         "inputs."};

/// The end of the placeholder that begins with `${`, after its last brace; npos: it has none.
std::size_t end_of_braces(std::string_view text) {
  const std::string_view close = text.starts_with("${{") ? "}}" : "}";
  const std::size_t at = text.substr(0, kLongestPlaceholder).find(close);
  return at == std::string_view::npos ? at : at + close.size();
}

std::string_view inside_of_braces(std::string_view whole) {
  const std::size_t width = whole.starts_with("${{") ? 2 : 1;
  return trim(whole.substr(width + 1, whole.size() - (2 * width) - 1));
}

}  // namespace

PlaceholderStyle placeholder_style(std::string_view format) {
  if (format == "gemini-settings") {
    return PlaceholderStyle::kShell;
  }
  return format == "opencode-config" ? PlaceholderStyle::kOpenCode : PlaceholderStyle::kBraces;
}

std::string PlaceholderFiller::fill(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.starts_with("${") ? end_of_braces(text) : std::string_view::npos;
    if (end != std::string_view::npos) {
      const std::string_view whole = text.substr(0, end);
      append_or_keep(value_of(inside_of_braces(whole)), whole, out);
      text.remove_prefix(end);
      continue;
    }
    if (const std::size_t used = fill_other(text, out); used != 0) {
      text.remove_prefix(used);
      continue;
    }
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  return out;
}

std::size_t PlaceholderFiller::fill_other(std::string_view text, std::string& out) {
  const char first = text.front();
  if (sources_.style == PlaceholderStyle::kOpenCode && first == '{') {
    const std::size_t end = text.substr(0, kLongestPlaceholder).find('}');
    const bool ours = text.starts_with("{env:") || text.starts_with("{file:");
    if (!ours || end == std::string_view::npos) {
      return 0;
    }
    append_or_keep(value_of(text.substr(1, end - 1)), text.substr(0, end + 1), out);
    return end + 1;
  }
  if (sources_.style != PlaceholderStyle::kShell || (first != '$' && first != '%')) {
    return 0;
  }
  std::size_t end = 1;
  while (end < text.size() && is_variable_char(text[end])) {
    ++end;
  }
  const std::string_view name = text.substr(1, end - 1);
  const std::size_t close = first == '%' ? 1 : 0;
  if (!is_variable_name(name) || (close == 1 && (end == text.size() || text[end] != '%'))) {
    return 0;
  }
  append_or_keep(variable_value(name), text.substr(0, end + close), out);
  return end + close;
}

void PlaceholderFiller::append_or_keep(std::optional<std::string> value, std::string_view whole,
                                       std::string& out) {
  if (value) {
    out.append(*value);
    return;
  }
  out.append(whole);
  unknown_.push_back("`" + escape_for_display(shorten(whole, kShownPlaceholderBytes)) + "`");
  hints_.push_back(std::exchange(hint_, {}));
}

std::optional<std::string> PlaceholderFiller::value_of(std::string_view inner) {
  for (const std::string_view prefix : kGivenPrefixes) {
    if (inner.starts_with(prefix)) {
      return given_value(inner.substr(prefix.size()));
    }
  }
  if (const auto place = place_of(inner)) {
    return place;
  }
  return variable_value(inner.starts_with("env:") ? inner.substr(4) : inner);
}

std::optional<std::string> PlaceholderFiller::place_of(std::string_view inner) const {
  const auto known = [](const std::string& path) {
    return path.empty() ? std::nullopt : std::optional(path);
  };
  if (inner == "userHome") {
    return sources_.lookup("HOME");
  }
  if (inner == "workspaceFolder" || inner == "workspaceRoot" || inner == "cwd") {
    return known(sources_.workspace);
  }
  if (inner == "workspaceFolderBasename") {
    return known(std::string(last_part(sources_.workspace)));
  }
  if (inner == "pathSeparator" || inner == "/") {
    return "/";
  }
  return inner == "__dirname" ? known(sources_.folder) : std::nullopt;
}

std::optional<std::string> PlaceholderFiller::given_value(std::string_view id) {
  const auto found = sources_.given.find(id);
  if (found == sources_.given.end()) {
    hint_ = "the client asks a person for it: give `--input " +
            escape_for_display(shorten(id, kShownPlaceholderBytes)) + "=VALUE`";
    return std::nullopt;
  }
  filled_in_.push_back({found->first, found->second});
  return found->second;
}

std::optional<std::string> PlaceholderFiller::variable_value(std::string_view expression) {
  std::string_view name = expression;
  std::optional<std::string> fallback;
  if (const std::size_t split = name.find(":-"); split != std::string_view::npos) {
    fallback = std::string(name.substr(split + 2));
    name = name.substr(0, split);
  }
  if (!is_variable_name(name) || (fallback && fallback->find("${") != std::string::npos)) {
    hint_ =
        "capture does not know this kind of placeholder; write the value into a copy of the file";
    return std::nullopt;
  }
  variables_.emplace_back(name);
  std::optional<std::string> value = sources_.lookup(name);
  if (value && !(value->empty() && fallback)) {
    filled_in_.push_back({std::string(name), *value});
    return value;
  }
  if (!fallback) {
    hint_ = "set the variable `" + std::string(name) + "` for merlon";
  }
  return fallback;
}

std::optional<Error> PlaceholderFiller::error() const {
  if (unknown_.empty()) {
    return std::nullopt;
  }
  const auto once = [](std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  };
  Error error = make_error(ErrorCode::kUsage, "nobody here knows what to put for ",
                           join(once(unknown_), ", "));
  error.hints = once(hints_);
  return error;
}

}  // namespace merlon
