#pragma once
/// A launch through the proxy: `merlon proxy --group G --name N … -- COMMAND`.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

/// What stands before `--`.
struct ProxyWords {
  std::string program;  ///< merlon, as it is started
  std::string group;
  std::string server;
  std::string policy;                  ///< empty: the proxy's default
  std::vector<std::string> variables;  ///< names that the server is to get besides the usual ones
  std::vector<std::string> secrets;    ///< `NAME=file:PATH`
};

/// Program, options and `--`.
[[nodiscard]] std::vector<std::string> proxy_words(const ProxyWords& proxy);

/// A launch that is one through the proxy, taken apart.
struct WrappedLaunch {
  std::size_t inner{0};              ///< index of the server's own program among the words
  std::vector<std::string> secrets;  ///< values of `--secret`
};

/// Whether a program is merlon by its name: `merlon`, `/opt/bin/merlon-1.2`.
[[nodiscard]] bool is_proxy_program(std::string_view program);

/// Nothing for every other launch.
[[nodiscard]] std::optional<WrappedLaunch> as_wrapped(std::span<const std::string> words);

}  // namespace merlon
