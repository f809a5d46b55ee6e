#include "scan_options.h"

#include <ostream>
#include <utility>

#include "base/text.h"
#include "exit_code.h"
#include "manifest/format.h"
#include "options.h"
#include "scan/scan_config.h"

namespace merlon::cli {
namespace {

/// What the parser fills in; words that become values afterwards.
struct Words {
  std::string format{"text"};
  std::vector<std::string> outputs;
  std::string fail_on;
  std::string min_severity;
  std::string expires;
  std::string today;
  std::string color{"auto"};
  std::vector<std::string> limits;
};

std::vector<std::string> severity_names() {
  return {"info", "low", "medium", "high", "critical"};
}

std::vector<std::string> writer_names() {
  std::vector<std::string> names;
  for (const WriterKind& writer : writer_kinds()) {
    names.emplace_back(writer.name);
  }
  return names;
}

void declare_inputs(Options& options, ScanOptions& out) {
  options.group("Inputs");
  options.positional("INPUT", out.inputs,
                     "files and folders; `-` is standard input; none: the configurations of the "
                     "MCP clients of this user");
  options.value("--exclude", out.exclude, "GLOB",
                "leave out files and folders of a walk, by name or by path below the folder");
  options.value("--git", out.git, "REPO",
                "read from a git repository without checking out; INPUTs are paths in it");
  options.value("--rev", out.rev, "REV", "with --git: the revision (HEAD)");
  options.value("--since", out.since, "REV",
                "report only what is new or changed since this git revision");
  options.flag("--diff", out.diff,
               "two INPUTs, old and new: report only what is new or changed in the new one");
  options.flag(
      "--ndjson", out.ndjson,
      "map lines of standard input, paths or {\"name\", \"text\"}, to a report each, one a "
      "line, as JSON");
  options.value("--manifest-format", out.manifest_format, "NAME",
                "read every input as this format instead of detecting it");
  options.flag("--list-formats", out.list_formats, "list the formats that can be read");
  options.flag("--list-clients", out.list_clients,
               "list the places where client configurations are looked for");
}

void declare_rules(Options& options, ScanOptions& out, Words& words) {
  options.group("Rules");
  options.value("--rules", out.rules, "DIR", "add rules, or replace built-in ones of the same id");
  options.value("--rules-pack", out.signed_files.rule_packs, "FILE",
                "add the rules of a signed pack; needs --rules-key");
  options.value("--rules-key", out.signed_files.rule_keys, "KEY",
                "a key that packs are trusted by, or a file of keys");
  options.value("--package-list", out.signed_files.package_lists, "FILE",
                "a signed list of bad packages, beside the built-in one; needs --package-list-key");
  options.value("--package-list-key", out.signed_files.package_list_keys, "KEY",
                "a key that lists are trusted by, or a file of keys");
  out.signed_files.key_lists.declare(options);
  options.flag("--allow-rollback", out.signed_files.allow_rollback,
               "go back to an older version of a signed file, and remember that");
  options.value("--config", out.config, "FILE", "a merlon.toml; one that is not named is not read");
  options.value("--limit", words.limits, "NAME=VALUE", "change a limit, see docs/spec/limits.md");
}

void declare_verdict(Options& options, ScanOptions& out, Words& words) {
  options.group("Verdict");
  options.choice("--fail-on", words.fail_on, severity_names(),
                 "severity from which findings make the exit code 1 (high)");
  options.choice(
      "--min-severity", words.min_severity, severity_names(),
      "leave less severe findings out of the report, unless they count for --fail-on (info)");
  options.value("--baseline", out.baseline, "FILE", "findings that were accepted do not count");
  options.value("--write-baseline", out.write_baseline, "FILE",
                "accept the findings of this run; needs --owner, --reason and --expires");
  options.value("--owner", out.owner, "NAME", "who accepts");
  options.value("--reason", out.reason, "TEXT", "why");
  options.value("--expires", words.expires, "DATE", "the last day on which it holds, YYYY-MM-DD");
  options.value("--today", words.today, "DATE", "the date that expiry is judged by (the clock's)");
  options.value("--lock", out.lock, "FILE", "compare with a merlon.lock; drift is a finding");
  options.value("--lock-key", out.signed_files.lock_keys, "KEY",
                "the lock must be signed by this key; a key, or a file of keys");
  options.value("--write-lock", out.write_lock, "FILE", "write a merlon.lock of what was scanned");
}

void declare_output(Options& options, ScanOptions& out, Words& words) {
  options.group("Output");
  options.choice("--format,-f", words.format, writer_names(), "output format");
  options.value("--output,-o", words.outputs, "[FORMAT=]FILE",
                "write the report to a file; with FORMAT= as well as to standard output");
  options.choice("--color", words.color, {"auto", "always", "never"}, "colour of text");
  options.flag("--explain", out.explain, "add why each rule matters");
  options.flag("--quiet,-q", out.quiet, "findings only: no summary, no progress");
  options.value("--jobs,-j", out.jobs, "N", "threads (as many as the machine has)");
}

Status parse_outputs(const Words& words, ScanOptions& out) {
  bool to_stdout = true;
  for (const std::string& word : words.outputs) {
    const std::size_t equals = word.find('=');
    const WriterKind* named =
        equals == std::string::npos ? nullptr : find_writer(word.substr(0, equals));
    ScanOutput output{.writer = named != nullptr ? named : find_writer(words.format),
                      .file = named != nullptr ? word.substr(equals + 1) : word};
    to_stdout = to_stdout && named != nullptr;
    if (output.file.empty()) {
      return fail(ErrorCode::kUsage, "`--output ", word, "` names no file");
    }
    out.outputs.push_back(std::move(output));
  }
  if (to_stdout) {
    out.outputs.push_back({.writer = find_writer(words.format), .file = ""});
  }
  return {};
}

Status parse_limits(const Words& words, ScanOptions& out) {
  for (const std::string& word : words.limits) {
    const std::size_t equals = word.find('=');
    const auto value =
        equals == std::string::npos ? std::nullopt : parse_unsigned(word.substr(equals + 1));
    if (!value) {
      return fail(ErrorCode::kUsage, "`--limit ", word, "` is not NAME=VALUE with a whole number");
    }
    Limits scratch;
    MERLON_CHECK(set_limit(scratch, word.substr(0, equals), *value));
    out.limits.emplace_back(word.substr(0, equals), *value);
  }
  return {};
}

/// The date of an option: a word of the command line, so a wrong one is a wrong command line.
Status parse_date_option(std::string_view option, const std::string& word,
                         std::optional<Date>& out) {
  if (word.empty()) {
    return {};
  }
  const auto date = parse_date(word);
  if (!date) {
    return fail(ErrorCode::kUsage, "`", option, "`: ", date.error().message);
  }
  out = *date;
  return {};
}

Status parse_dates(const Words& words, ScanOptions& out) {
  std::optional<Date> expires;
  MERLON_CHECK(parse_date_option("--expires", words.expires, expires));
  out.expires = expires.value_or(out.expires);
  return parse_date_option("--today", words.today, out.today);
}

Status check_lines(const ScanOptions& out) {
  if (out.ndjson && (!out.inputs.empty() || !out.git.empty() || !out.since.empty() || out.diff)) {
    return fail(ErrorCode::kUsage, "`--ndjson` reads its inputs from standard input");
  }
  if (out.ndjson && !(out.lock.empty() && out.write_lock.empty() && out.write_baseline.empty())) {
    return fail(ErrorCode::kUsage, "`--ndjson` judges each input alone and writes no other file");
  }
  return {};
}

Status check_inputs(const ScanOptions& out) {
  if (out.diff && out.inputs.size() != 2) {
    return fail(ErrorCode::kUsage, "`--diff` needs two inputs, the old and the new manifest");
  }
  if (out.diff && (!out.since.empty() || !out.git.empty())) {
    return fail(ErrorCode::kUsage, "`--diff` cannot be used with `--git` or `--since`");
  }
  if (!out.rev.empty() && out.git.empty()) {
    return fail(ErrorCode::kUsage, "`--rev` needs `--git REPO`");
  }
  if (!out.signed_files.lock_keys.empty() && out.lock.empty()) {
    return fail(ErrorCode::kUsage, "`--lock-key` needs `--lock FILE`");
  }
  if (!out.manifest_format.empty() && find_manifest_format(out.manifest_format) == nullptr) {
    Error error =
        make_error(ErrorCode::kUsage, "unknown manifest format `", out.manifest_format, "`");
    std::vector<std::string_view> names;
    for (const ManifestFormat& format : manifest_formats()) {
      names.push_back(format.name);
    }
    const std::string_view near = nearest(out.manifest_format, names);
    error.hints.push_back(near.empty() ? "`merlon scan --list-formats` lists them"
                                       : "did you mean `" + std::string(near) + "`?");
    return std::unexpected(std::move(error));
  }
  return {};
}

Status check_baseline(const ScanOptions& out, const Words& words) {
  const bool terms = !out.owner.empty() && !out.reason.empty() && !words.expires.empty();
  if (!out.write_baseline.empty() && !terms) {
    return fail(ErrorCode::kUsage,
                "`--write-baseline` needs `--owner`, `--reason` and `--expires`");
  }
  return {};
}

Status finish(const Words& words, ScanOptions& out) {
  if (!words.fail_on.empty()) {
    out.fail_on = parse_severity(words.fail_on);
  }
  if (!words.min_severity.empty()) {
    out.min_severity = parse_severity(words.min_severity);
  }
  out.color = parse_color_mode(words.color).value_or(ColorMode::kAuto);
  MERLON_CHECK(parse_outputs(words, out));
  MERLON_CHECK(parse_limits(words, out));
  MERLON_CHECK(parse_dates(words, out));
  MERLON_CHECK(check_lines(out));
  MERLON_CHECK(check_inputs(out));
  return check_baseline(out, words);
}

}  // namespace

ParsedScanOptions parse_scan_options(Env& env, std::span<const std::string> args) {
  ParsedScanOptions parsed;
  Words words;
  Options options("scan", "find what is wrong with MCP manifests and client configurations");
  options.describe(
      "Reads tool lists, server manifests, bundles, skills and client configurations, and reports "
      "hidden instructions, dangerous launches, secrets and more. Starts no process, opens no "
      "socket. The exit code is 0 when nothing at or above --fail-on was found, 1 when something "
      "was, 3 when an input could not be looked at.");
  declare_inputs(options, parsed.options);
  declare_rules(options, parsed.options, words);
  declare_verdict(options, parsed.options, words);
  declare_output(options, parsed.options, words);
  options.example("merlon scan", "the client configurations of this user");
  options.example("merlon scan .mcp.json servers/", "a file and a folder");
  options.example("merlon scan --since origin/main -o sarif=scan.sarif .",
                  "what a branch adds, also as SARIF");
  parsed.exit = options.parse(env, args);
  if (parsed.exit) {
    return parsed;
  }
  if (const Status status = finish(words, parsed.options); !status) {
    env.err << render(status.error());
    parsed.exit = kUsageError;
  }
  return parsed;
}

}  // namespace merlon::cli
