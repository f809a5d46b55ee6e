#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "manifest/format.h"
#include "progress.h"
#include "report/summary.h"
#include "rules/rule_loader.h"
#include "scan/baseline.h"
#include "scan/client_locations.h"
#include "scan/folder_walk.h"
#include "scan/git_inputs.h"
#include "scan/scan_config.h"
#include "scan/scanner.h"
#include "scan_lock.h"
#include "scan_options.h"

namespace merlon::cli {

int cmd_scan(Env& env, std::span<const std::string> args);

namespace {

using RulePack = std::shared_ptr<const CompiledRules>;

/// One run of `merlon scan`. Each step answers with an exit code when the run must end there.
class ScanCommand {
 public:
  ScanCommand(Env& env, ScanOptions options)
      : env_(env),
        options_(std::move(options)),
        lock_(env, {.compare = options_.lock,
                    .write = options_.write_lock,
                    .git = options_.git,
                    .rev = options_.rev,
                    .since = options_.since,
                    .quiet = options_.quiet}) {}

  int run() {
    if (options_.list_formats) {
      return list_formats();
    }
    if (options_.list_clients) {
      return list_clients();
    }
    for (const auto step :
         {&ScanCommand::load_rules, &ScanCommand::load_config, &ScanCommand::load_baseline_file,
          &ScanCommand::prepare_lock, &ScanCommand::collect_inputs}) {
      if (const auto code = (this->*step)()) {
        return *code;
      }
    }
    ScanReport report = scan_inputs();
    judge(report);
    if (const auto code = lock_.finish()) {
      return *code;
    }
    if (const auto code = write_new_baseline(report)) {
      return *code;
    }
    if (const auto code = write_outputs(report)) {
      return *code;
    }
    return finish(report);
  }

 private:
  using Step = std::optional<int>;

  int fail_with(const Error& error, int code) {
    env_.err << render(error);
    return code;
  }
  int fail_with(const std::vector<Error>& errors, int code) {
    for (const Error& error : errors) {
      env_.err << render(error);
    }
    return code;
  }

  int list_formats() {
    std::size_t width = 0;
    for (const ManifestFormat& format : manifest_formats()) {
      width = std::max(width, format.name.size());
    }
    for (const ManifestFormat& format : manifest_formats()) {
      env_.out << format.name << std::string(width + 2 - format.name.size(), ' ') << format.summary
               << '\n';
    }
    return kYes;
  }

  int list_clients() {
    const ClientSurroundings here{.variable = env_.variable};
    std::string_view client;
    for (const FoundLocation& place : find_client_locations(env_.files, here)) {
      if (place.client != client) {
        client = place.client;
        env_.out << client << '\n';
      }
      env_.out << (place.exists ? "  found    " : "  missing  ") << escape_for_display(place.shown)
               << (place.folder ? "/" : "") << " (" << to_string(place.scope) << ")\n";
    }
    return kYes;
  }

  Step load_rules() {
    for (const auto& [name, value] : options_.limits) {
      (void)set_limit(settings_.limits, name, value);  // checked with the command line
    }
    auto pack = CompiledRules::built_in();
    if (!pack) {
      return fail_with(pack.error(), kBug);
    }
    rules_ = *std::move(pack);
    if (!options_.rules.empty()) {
      return add_user_rules();
    }
    return std::nullopt;
  }

  Step add_user_rules() {
    std::vector<Rule> merged = rules_->rules();
    RulePackInfo info = rules_->info();
    for (const std::string& folder : options_.rules) {
      auto loaded = merlon::load_rules(env_.files, folder, settings_.limits);
      if (!loaded) {
        return fail_with(loaded.error(), kIncomplete);
      }
      for (Rule& rule : *loaded) {
        std::erase_if(merged, [&](const Rule& old) { return old.id == rule.id; });
        merged.push_back(std::move(rule));
      }
      info.name += "+" + folder;
    }
    auto compiled = CompiledRules::compile(std::move(merged), std::move(info));
    if (!compiled) {
      return fail_with(compiled.error(), kIncomplete);
    }
    rules_ = *std::move(compiled);
    return std::nullopt;
  }

  Step load_config() {
    if (options_.config.empty()) {
      return std::nullopt;
    }
    std::vector<std::string_view> ids;
    for (const Rule& rule : rules_->rules()) {
      ids.push_back(rule.id);
    }
    std::vector<Rule> others = engine_rules();
    std::ranges::move(lock_rules(), std::back_inserter(others));
    for (const Rule& rule : others) {
      ids.push_back(rule.id);
    }
    auto config = load_scan_config(env_.files, options_.config, ids, settings_.limits);
    if (!config) {
      return fail_with(config.error(), kIncomplete);
    }
    // The command line wins over the file.
    ScanSettings from_file;
    apply_config(*config, from_file);
    for (const auto& [name, value] : options_.limits) {
      (void)set_limit(from_file.limits, name, value);
    }
    settings_ = std::move(from_file);
    if (!options_.fail_on) {
      options_.fail_on = config->fail_on;
    }
    if (!options_.min_severity) {
      options_.min_severity = config->min_severity;
    }
    options_.exclude.insert(options_.exclude.end(), config->exclude.begin(), config->exclude.end());
    return std::nullopt;
  }

  Step load_baseline_file() {
    if (options_.baseline.empty()) {
      return std::nullopt;
    }
    auto baseline = merlon::load_baseline(env_.files, options_.baseline, settings_.limits);
    if (!baseline) {
      return fail_with(baseline.error(), kIncomplete);
    }
    baseline_ = *std::move(baseline);
    return std::nullopt;
  }

  Step prepare_lock() { return lock_.prepare(settings_, rules_); }

  Step collect_inputs() {
    if (!options_.git.empty()) {
      return collect_from_git();
    }
    if (options_.diff) {
      return collect_pair();
    }
    if (const auto code = collect_from_disk()) {
      return code;
    }
    if (options_.since.empty()) {
      return std::nullopt;
    }
    const Status status = compare_since(inputs_, options_.since);
    return status ? std::nullopt : Step(fail_with(status.error(), input_error(status.error())));
  }

  /// An input that cannot be had leaves the question open; a word that makes no sense is a wrong
  /// command line.
  static int input_error(const Error& error) {
    return error.code == ErrorCode::kUsage ? kUsageError : kIncomplete;
  }

  [[nodiscard]] WalkOptions walk_options() const {
    return {.exclude = options_.exclude, .limits = settings_.limits};
  }

  Step collect_from_git() {
    const std::string revision = options_.rev.empty() ? "HEAD" : options_.rev;
    auto tree = open_git_revision(options_.git, GitSearch::kHere, revision);
    if (!tree) {
      return fail_with(tree.error(), kIncomplete);
    }
    if (const Status status = collect_git(inputs_, *tree, options_.inputs, walk_options());
        !status) {
      return fail_with(status.error(), kIncomplete);
    }
    if (!options_.since.empty()) {
      auto earlier = tree->repository->resolve(options_.since);
      if (!earlier) {
        return fail_with(earlier.error(), kIncomplete);
      }
      compare_with_revision(inputs_, {.repository = tree->repository, .tree = *earlier});
    }
    return std::nullopt;
  }

  Step collect_pair() {
    for (const std::string& input : options_.inputs) {
      const auto kind = env_.files.kind_of(input);
      if (kind && *kind == FileKind::kDirectory) {
        return fail_with(
            make_error(ErrorCode::kUsage, "`--diff` compares two files, `", input, "` is a folder"),
            kUsageError);
      }
    }
    collect_path(inputs_, env_.files, options_.inputs[1], walk_options());
    compare_with_file(inputs_, env_.files, options_.inputs[0]);
    return std::nullopt;
  }

  Step collect_from_disk() {
    if (options_.inputs.empty()) {
      collect_clients(inputs_, env_.files, ClientSurroundings{.variable = env_.variable},
                      walk_options());
      return std::nullopt;
    }
    for (const std::string& input : options_.inputs) {
      if (input == "-") {
        if (const auto code = collect_stdin()) {
          return code;
        }
      } else {
        collect_path(inputs_, env_.files, input, walk_options());
      }
    }
    return std::nullopt;
  }

  Step collect_stdin() {
    if (std::exchange(stdin_read_, true)) {
      return std::nullopt;
    }
    auto bytes = env_.read_stdin(settings_.limits.file_bytes);
    if (!bytes) {
      return fail_with(bytes.error(), kIncomplete);
    }
    add_source(inputs_, SourceText::copy_of("-", *std::move(bytes)));
    return std::nullopt;
  }

  ScanReport scan_inputs() {
    settings_.manifest_format = options_.manifest_format;
    settings_.jobs = static_cast<unsigned>(std::min<std::uint64_t>(options_.jobs, 256));
    std::optional<Progress> progress;
    if (!options_.quiet && env_.err_is_terminal) {
      progress.emplace(env_, "scanning");
      settings_.progress = [&progress](const ScanProgress& at) {
        progress->update(at.done, at.total, at.file);
      };
    }
    ScanReport report = scan(std::move(inputs_), settings_, rules_);
    settings_.progress = nullptr;
    return report;
  }

  [[nodiscard]] Date date() const { return options_.today.value_or(today(env_.clock)); }

  void judge(ScanReport& report) {
    report.tool_version = MERLON_VERSION;
    report.fail_on = options_.fail_on.value_or(Severity::kHigh);
    if (baseline_) {
      apply_baseline(report, *baseline_, date());
    }
  }

  Step write_new_baseline(ScanReport& report) {
    if (options_.write_baseline.empty()) {
      return std::nullopt;
    }
    const WrittenBaseline written =
        write_baseline(report, {.owner = options_.owner,
                                .reason = options_.reason,
                                .expires = options_.expires,
                                .today = date(),
                                .previous = baseline_ ? &*baseline_ : nullptr});
    if (const Status status = write_file_atomically(options_.write_baseline, written.text);
        !status) {
      return fail_with(status.error(), kEnvironment);
    }
    if (!options_.quiet) {
      env_.err << "merlon: wrote " << counted(written.entries, "accepted finding") << " to `"
               << escape_for_display(options_.write_baseline) << "`";
      if (written.refused > 0) {
        env_.err << "; " << written.refused << " can never be accepted";
      }
      env_.err << '\n';
    }
    // What was just accepted does not count any more.
    const auto accepted = parse_baseline(SourceText::copy_of(options_.write_baseline, written.text),
                                         settings_.limits);
    if (accepted) {
      apply_baseline(report, *accepted, date());
    }
    return std::nullopt;
  }

  Step write_outputs(ScanReport& report) {
    // What makes the scan fail is never left out: a report must not read `pass` beside exit code 1.
    const Severity least =
        std::min(options_.min_severity.value_or(Severity::kInfo), report.fail_on);
    ScanReport shown = report;
    std::erase_if(shown.findings, [&](const Finding& finding) { return finding.severity < least; });
    for (const ScanOutput& output : options_.outputs) {
      const bool to_stdout = output.file.empty();
      const WriterOptions how{
          .color = use_color(options_.color, env_, to_stdout && env_.out_is_terminal),
          .explain = options_.explain,
          .quiet = options_.quiet};
      const std::string text = output.writer->write(shown, how);
      if (to_stdout) {
        env_.out << text;
      } else if (const Status status = write_file_atomically(output.file, text); !status) {
        return fail_with(status.error(), kEnvironment);
      }
    }
    return std::nullopt;
  }

  int finish(const ScanReport& report) {
    for (const CoverageEntry& entry : report.coverage) {
      env_.err << entry.rendered_error;
    }
    if (report.count_failing() > 0) {
      return kNo;
    }
    return report.incomplete() ? kIncomplete : kYes;
  }

  Env& env_;
  ScanOptions options_;
  ScanLock lock_;
  ScanSettings settings_;
  RulePack rules_;
  std::optional<Baseline> baseline_;
  ScanInputs inputs_;
  bool stdin_read_{false};
};

}  // namespace

int cmd_scan(Env& env, std::span<const std::string> args) {
  ParsedScanOptions parsed = parse_scan_options(env, args);
  if (parsed.exit) {
    return *parsed.exit;
  }
  return ScanCommand(env, std::move(parsed.options)).run();
}

}  // namespace merlon::cli
