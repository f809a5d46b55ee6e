#pragma once
/// Options of one subcommand: declares, parses, prints help. The only place that knows CLI11.
///
///   Options options("scan", "find what is wrong with manifests and client configurations");
///   options.value("--format,-f", format, "NAME", "output format");
///   options.positional("INPUT", inputs, "files or folders");
///   if (auto code = options.parse(env, args)) { return *code; }
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env.h"

namespace merlon::cli {

class Options {
 public:
  /// `command` is all words after `merlon`, e.g. "rules list".
  Options(std::string_view command, std::string_view summary);
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options();

  /// Long text of `--help` below the summary.
  void describe(std::string_view text);
  /// Options declared after this stand under this heading.
  void group(std::string_view title);
  void flag(std::string_view names, bool& target, std::string_view help);
  void value(std::string_view names, std::string& target, std::string_view placeholder,
             std::string_view help);
  void value(std::string_view names, std::vector<std::string>& target, std::string_view placeholder,
             std::string_view help);  ///< may be given more than once
  void value(std::string_view names, std::uint64_t& target, std::string_view placeholder,
             std::string_view help);
  void choice(std::string_view names, std::string& target, const std::vector<std::string>& choices,
              std::string_view help);
  void positional(std::string_view name, std::vector<std::string>& target, std::string_view help);
  void positional(std::string_view name, std::string& target, std::string_view help, bool required);
  /// All words after `--`.
  void rest(std::string_view name, std::vector<std::string>& target, std::string_view help);
  /// A line of the examples section.
  void example(std::string_view command_line, std::string_view what);

  /// Fills the targets. Answers with an exit code when the command must not go on: 0 after `--help`
  /// (printed to out), 2 after a wrong command line (message and hint printed to err).
  [[nodiscard]] std::optional<int> parse(Env& env, std::span<const std::string> args);
  [[nodiscard]] std::string help() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace merlon::cli
