#pragma once
/// The command line of `merlon scan` as values.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "console.h"
#include "env.h"
#include "model/severity.h"
#include "report/writer.h"
#include "scan_signed.h"

namespace merlon::cli {

/// One place that a report goes to. An empty file is standard output.
struct ScanOutput {
  const WriterKind* writer{nullptr};
  std::string file;
};

struct ScanOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> exclude;
  std::string git;
  std::string rev;
  std::string since;
  bool diff{false};
  bool ndjson{false};
  bool list_clients{false};
  bool list_formats{false};
  std::string manifest_format;

  std::vector<std::string> rules;
  ScanSignedWords signed_files;
  std::string config;
  std::optional<Severity> fail_on;
  std::optional<Severity> min_severity;
  std::vector<std::pair<std::string, std::uint64_t>> limits;

  std::string baseline;
  std::string write_baseline;
  std::string owner;
  std::string reason;
  Date expires{};
  std::optional<Date> today;
  std::string lock;
  std::string write_lock;

  std::vector<ScanOutput> outputs;
  ColorMode color{ColorMode::kAuto};
  bool quiet{false};
  bool explain{false};
  std::uint64_t jobs{0};
};

/// The options, or the exit code with which the command ends (help was shown, the command line is
/// wrong).
struct ParsedScanOptions {
  ScanOptions options;
  std::optional<int> exit;
};
[[nodiscard]] ParsedScanOptions parse_scan_options(Env& env, std::span<const std::string> args);

}  // namespace merlon::cli
