#pragma once
/// What `merlon wrap` and `merlon doctor` read: a configuration as its servers are written, which
/// client it belongs to, and which of its texts are secrets.
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env.h"
#include "model/manifest.h"
#include "rules/matcher.h"
#include "scan/secret_finder.h"
#include "scan/secret_places.h"

namespace merlon::cli {

/// The one manifest of a configuration. Fails with what keeps it from being read as a whole.
[[nodiscard]] Result<Manifest> read_configuration(Env& env, const std::string& path);

/// `cursor` for a file in a place of Cursor, else the name of the format: proxies of one client
/// share a group.
[[nodiscard]] std::string group_of_configuration(Env& env, const std::string& path,
                                                 const Manifest& manifest);

/// Tells secrets and takes them out of what is shown.
class ConfigSecrets {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ConfigSecrets>> make();

  /// Whether the value of a variable or header is a secret.
  [[nodiscard]] bool is_secret(std::string_view name, std::string_view value);
  /// Values of this configuration are masked from now on.
  void learn(const Manifest& manifest);
  /// `text` line by line, masked and escaped; lines stay lines.
  [[nodiscard]] std::string shown(std::string_view text);

 private:
  explicit ConfigSecrets(std::shared_ptr<const CompiledRules> rules);

  void learn_values(const Document& document, const std::vector<NameValue>& pairs);

  std::shared_ptr<const CompiledRules> rules_;
  SecretFinder finder_;
  SecretTexts texts_;
};

}  // namespace merlon::cli
