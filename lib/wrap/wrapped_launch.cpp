#include "wrap/wrapped_launch.h"

#include <algorithm>

namespace merlon {
namespace {

// A value that looks like an option is written with `=`.
void add_option(std::vector<std::string>& words, const std::string& option,
                const std::string& value) {
  if (value.empty()) {
    return;
  }
  if (value.starts_with('-') || value == "++") {
    words.push_back(option + "=" + value);
  } else {
    words.push_back(option);
    words.push_back(value);
  }
}

}  // namespace

std::vector<std::string> proxy_words(const ProxyWords& proxy) {
  std::vector<std::string> words{proxy.program, "proxy"};
  add_option(words, "--group", proxy.group);
  add_option(words, "--name", proxy.server);
  add_option(words, "--policy", proxy.policy);
  for (const std::string& variable : proxy.variables) {
    add_option(words, "--env", variable);
  }
  for (const std::string& secret : proxy.secrets) {
    add_option(words, "--secret", secret);
  }
  words.emplace_back("--");
  return words;
}

bool is_proxy_program(std::string_view program) {
  return program.substr(program.rfind('/') + 1).starts_with("merlon");
}

std::optional<WrappedLaunch> as_wrapped(std::span<const std::string> words) {
  if (words.size() < 4 || words[1] != "proxy") {
    return std::nullopt;
  }
  if (!is_proxy_program(words[0])) {
    return std::nullopt;
  }
  const auto separator = std::ranges::find(words, "--");
  if (separator == words.end() || separator + 1 == words.end()) {
    return std::nullopt;
  }
  WrappedLaunch out{.inner = static_cast<std::size_t>(separator - words.begin()) + 1,
                    .secrets = {}};
  for (auto word = words.begin() + 2; word != separator; ++word) {
    constexpr std::string_view kOption = "--secret=";
    if (*word == "--secret" && word + 1 != separator) {
      out.secrets.push_back(*(word + 1));
    } else if (word->starts_with(kOption)) {
      out.secrets.push_back(word->substr(kOption.size()));
    }
  }
  return out;
}

}  // namespace merlon
