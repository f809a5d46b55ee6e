#pragma once
/// What client configurations leave open in commands, arguments and variables, and who fills it in.
///
///   PlaceholderFiller filler({.lookup = variable, .given = {{"token", "x"}}, .workspace = "/w"});
///   argv.push_back(filler.fill("${env:HOME}/bin"));
///   if (const auto error = filler.error()) { ... }
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/process/environment.h"

namespace merlon {

/// How a client writes placeholders. `${...}` is common to all of them.
enum class PlaceholderStyle : std::uint8_t {
  kBraces,    ///< `${...}` only: what else looks like one reaches the server as it is
  kShell,     ///< `$NAME` and `%NAME%` as well (Gemini CLI)
  kOpenCode,  ///< `{env:NAME}` as well
};
/// By the name of the manifest format.
[[nodiscard]] PlaceholderStyle placeholder_style(std::string_view format);

struct PlaceholderSources {
  VariableLookup lookup;
  std::map<std::string, std::string, std::less<>> given;  ///< by `--input`
  std::string workspace;  ///< absolute: `${workspaceFolder}`; empty: not known
  std::string folder;     ///< absolute, of the configuration: `${__dirname}`; empty: not known
  PlaceholderStyle style{PlaceholderStyle::kBraces};
};

/// Fills texts one by one and keeps note of what was used and what nobody knows.
class PlaceholderFiller {
 public:
  explicit PlaceholderFiller(PlaceholderSources sources) : sources_(std::move(sources)) {}

  /// `${NAME}`, `${NAME:-default}`, `${env:NAME}`, `${env:NAME:-default}`: a variable of the
  /// environment. `${input:ID}`, `${user_config.ID}`, `${{ secrets.ID }}`, `${{ inputs.ID }}`:
  /// given. `${workspaceFolder}`, `${workspaceRoot}`, `${workspaceFolderBasename}`, `${cwd}`,
  /// `${userHome}`, `${pathSeparator}`, `${/}`, `${__dirname}`: places. What cannot be filled in
  /// stays as it is and is in `error()`. Values are not looked at again.
  [[nodiscard]] std::string fill(std::string_view text);

  /// Names of variables that were asked for, in the order of their use.
  [[nodiscard]] const std::vector<std::string>& variables() const { return variables_; }
  /// What was put in from the environment and from `given`, by name.
  [[nodiscard]] const std::vector<EnvironmentVariable>& filled_in() const { return filled_in_; }
  /// `kUsage` with everything that could not be filled in, and what to do about it.
  [[nodiscard]] std::optional<Error> error() const;

 private:
  [[nodiscard]] std::optional<std::string> value_of(std::string_view inner);
  [[nodiscard]] std::optional<std::string> place_of(std::string_view inner) const;
  [[nodiscard]] std::optional<std::string> given_value(std::string_view id);
  [[nodiscard]] std::optional<std::string> variable_value(std::string_view expression);
  void append_or_keep(std::optional<std::string> value, std::string_view whole, std::string& out);
  /// Bytes of a placeholder of another style at the front of `text`, appended to `out`; 0: none.
  std::size_t fill_other(std::string_view text, std::string& out);

  PlaceholderSources sources_;
  std::vector<std::string> variables_;
  std::vector<EnvironmentVariable> filled_in_;
  std::vector<std::string> unknown_;
  std::vector<std::string> hints_;
  std::string hint_;  ///< of the placeholder at hand, when nobody knows it
};

}  // namespace merlon
