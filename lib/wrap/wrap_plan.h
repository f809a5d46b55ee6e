#pragma once
/// What wrapping a configuration would change: which servers then run behind the proxy, which do
/// not and why, and the new text. Nothing is written here.
///
///   MERLON_TRY(const WrapPlan plan, plan_wrap(manifest, request));
///   if (plan.text != manifest.document.source().bytes()) { ... show it, ask, write it ... }
///
/// The new text is read again and must say the same as the old one, but for the launches: what
/// cannot be edited without a doubt is an error, never a guess.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/manifest.h"

namespace merlon {

enum class WrapState : std::uint8_t {
  kWrapped,    ///< runs behind the proxy from now on
  kAlready,    ///< did before
  kUnwrapped,  ///< does not any more
  kDirect,     ///< does not: not chosen, or not to be unwrapped
  kRemote,     ///< has a URL: nothing that the proxy could start
  kRefused,    ///< cannot be edited, see `why`
};
[[nodiscard]] std::string_view to_string(WrapState state);

struct ServerPlan {
  std::string name;
  WrapState state{WrapState::kDirect};
  std::string why;                 ///< of kRefused, and of kDirect where there is more to say
  std::string program;             ///< of kAlready: what stands there as merlon
  std::vector<std::string> moved;  ///< names of the variables whose values were moved out
};

/// A value that leaves the configuration for a private file.
struct MovedSecret {
  std::string path;
  std::string value;
};

struct WrapPlan {
  std::string text;
  std::vector<ServerPlan> servers;  ///< in the order of the file
  std::vector<MovedSecret> secrets;

  [[nodiscard]] bool has(WrapState state) const;
};

struct WrapRequest {
  std::string program;  ///< what stands in the configuration as merlon
  std::string group;
  std::string policy;             ///< empty: the proxy's default
  std::vector<std::string> only;  ///< names of servers; empty: all
  /// Whether a command with blanks is one path; else its words are taken apart.
  std::function<bool(const std::string& path)> is_file;
  /// Whether the value of a variable is a secret that is to be moved out. May be empty: none is.
  std::function<bool(std::string_view name, std::string_view value)> is_secret;
  /// Where the value of a server's variable goes.
  std::function<std::string(const std::string& server, const std::string& name)> secret_path;
};

/// `kNotFound` when one of `only` is not there; `kFormat` when the file is none that can be edited.
[[nodiscard]] Result<WrapPlan> plan_wrap(const Manifest& manifest, const WrapRequest& request);

struct UnwrapRequest {
  std::vector<std::string> only;  ///< names of servers; empty: all
  /// The value that was moved to this path, or nothing when it is not one of ours. May be empty.
  std::function<std::optional<std::string>(const std::string& path)> read_secret;
};

/// The launches without the proxy, by what stands in the file now.
[[nodiscard]] Result<WrapPlan> plan_unwrap(const Manifest& manifest, const UnwrapRequest& request);

/// How each server of a file runs, for who only wants to know: kAlready, kDirect or kRemote.
[[nodiscard]] std::vector<ServerPlan> look_at_servers(const Manifest& manifest);

/// True for formats whose files people have: configurations of clients, not entries of registries
/// and bundles.
[[nodiscard]] bool is_client_format(std::string_view format);

}  // namespace merlon
