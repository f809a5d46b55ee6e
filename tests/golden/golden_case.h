#pragma once
/// One folder of testdata/golden as a value, and what running it gave.
///
///   cmd        the command line without `merlon`, in shell words; lines that begin with `#` are
///   comments stdout     expected, to the byte        (absent: nothing) stderr     expected, to the
///   byte        (absent: nothing) exit       expected exit code stdin      standard input (absent:
///   empty) env        NAME=VALUE lines: the whole environment setup      a script for /bin/sh, run
///   in the case's folder before (git repositories, links) expected/  files that the command
///   writes, with their whole contents
///   ...        all else is input, copied into a scratch folder that the command runs in
///
/// An input that the command neither reads nor finds in a folder that it lists is unused, which is
/// an error: it would only look tested.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace merlon::test {

struct GoldenCase {
  std::string name;  ///< <command>/<case>
  std::filesystem::path folder;
  std::vector<std::string> args;
  std::string input;
  std::map<std::string, std::string, std::less<>> variables;
  std::string setup;
  std::vector<std::string> inputs;  ///< paths in the folder, sorted
};

struct GoldenResult {
  std::string out;
  std::string err;
  int exit{0};
  std::map<std::string, std::string> written;  ///< path to bytes
  std::vector<std::string> unused;
};

/// All cases below `root`, sorted by name.
[[nodiscard]] std::vector<GoldenCase> find_golden_cases(const std::filesystem::path& root);
[[nodiscard]] GoldenCase load_golden_case(const std::filesystem::path& root,
                                          const std::filesystem::path& folder);
/// Runs merlon::cli::run() with the disk as it is in a scratch copy, on 2026-11-21, without a
/// terminal. Changes the current folder while it runs.
[[nodiscard]] GoldenResult run_golden_case(const GoldenCase& golden);
/// What the case expects.
[[nodiscard]] GoldenResult expected_result(const GoldenCase& golden);
/// Makes `result` what the case expects.
void update_golden_case(const GoldenCase& golden, const GoldenResult& result);

/// Shell words: blanks separate, '...' and "..." keep them together, `\` keeps the next character.
[[nodiscard]] std::vector<std::string> split_words(const std::string& text);

}  // namespace merlon::test
