#include "scan/scanner.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "manifest/format.h"
#include "scan/content_sniff.h"
#include "scan/definition_changes.h"
#include "scan/finding_builder.h"
#include "scan/fingerprint.h"
#include "scan/flow_check.h"
#include "scan/manifest_matcher.h"
#include "scan/rule_table.h"
#include "scan/score.h"
#include "scan/secret_finder.h"
#include "scan/secret_places.h"

namespace merlon {
namespace {

/// One manifest with all that is known about it.
struct ScannedManifest {
  Manifest manifest;
  ManifestHits hits;
  bool compared{false};  ///< there is an earlier state
  UnchangedParts unchanged;
};

/// What one input became.
struct FileResult {
  std::vector<ScannedManifest> manifests;
  std::vector<CoverageEntry> coverage;
  std::uint64_t bytes{0};
};

CoverageEntry failed_entry(const std::string& name, const Error& error) {
  CoverageEntry out;
  out.file = name;
  out.state = CoverageState::kFailed;
  out.reason = error.message;
  out.rendered_error = render(error);
  return out;
}

CoverageEntry skipped_entry(const std::string& name, std::string reason, std::uint64_t bytes) {
  CoverageEntry out;
  out.file = name;
  out.state = CoverageState::kSkipped;
  out.reason = std::move(reason);
  out.bytes = bytes;
  return out;
}

std::uint64_t tool_bytes(const Manifest& manifest) {
  std::uint64_t bytes = 0;
  for (const Item& item : manifest.items) {
    if (item.kind == ItemKind::kTool && item.node != kNoNode) {
      const Node& node = manifest.document.node(item.node);
      bytes += node.end - node.begin;
    }
  }
  return bytes;
}

/// Scans inputs one by one; one object per thread.
class FileScanner {
 public:
  FileScanner(const ScanSettings& settings, const RuleTable& table, const CompiledRules& rules)
      : settings_(settings), table_(table), rules_(rules) {
    options_.format = settings.manifest_format;
    options_.limits = settings.limits;
    options_.mask_excerpt = [this](const SourceText& source, Location& where) {
      if (!finder_) {
        finder_ = std::make_unique<SecretFinder>(rules_, settings_.limits);
      }
      finder_->mask_excerpt(source, where);
    };
  }

  FileScanner(const FileScanner&) = delete;  // its options point to it
  FileScanner& operator=(const FileScanner&) = delete;
  ~FileScanner() = default;

  [[nodiscard]] FileResult scan(const ScanInput& input) {
    FileResult out;
    if (!input.named && input.head) {
      const auto head = input.head(kSniffBytes);
      if (head && !could_be_manifest(*head)) {
        out.coverage.push_back(skipped_entry(input.name, "not a manifest by its first bytes", 0));
        return out;
      }
    }
    auto source = input.read(settings_.limits.file_bytes);
    if (!source) {
      out.coverage.push_back(failed_entry(input.name, source.error()));
      return out;
    }
    out.bytes = (*source)->bytes().size();
    LoadedFile loaded = load_manifests(*source, options_);
    out.coverage = std::move(loaded.coverage);
    judge_unknown(input, **source, out);
    const std::vector<Manifest> before = load_before(input, out);
    for (Manifest& manifest : loaded.manifests) {
      out.manifests.push_back({});
      scan_manifest(std::move(manifest), input, before, out.manifests.back());
    }
    return out;
  }

 private:
  void scan_manifest(Manifest manifest, const ScanInput& input, const std::vector<Manifest>& before,
                     ScannedManifest& out) {
    out.manifest = std::move(manifest);
    if (!state_) {
      state_ = std::make_unique<RuleMatcherState>(rules_, settings_.limits);
    }
    out.hits = match_manifest(out.manifest, table_, *state_, settings_.limits);
    if (input.read_before) {
      out.compared = true;
      out.unchanged = UnchangedParts(out.manifest, before);
    }
  }

  std::vector<Manifest> load_before(const ScanInput& input, FileResult& out) const {
    if (!input.read_before) {
      return {};
    }
    auto source = input.read_before(settings_.limits.file_bytes);
    if (!source) {
      // A new file has no earlier state: all of it is new. Any other failure must be known.
      if (source.error().code != ErrorCode::kNotFound) {
        out.coverage.push_back(failed_entry(input.name, source.error()));
      }
      return {};
    }
    return load_manifests(*source, options_).manifests;
  }

  /// Readers say `skipped` or `failed` without knowing who asked. A file that was named must be
  /// understood; one that a walk met matters only when it speaks of manifests.
  static void judge_unknown(const ScanInput& input, const SourceText& source, FileResult& out) {
    for (CoverageEntry& entry : out.coverage) {
      if (entry.file != input.name) {
        continue;  // an entry of a bundle
      }
      if (input.named && entry.state == CoverageState::kSkipped) {
        entry.state = CoverageState::kFailed;
        if (entry.rendered_error.empty()) {
          Error error = make_error(ErrorCode::kFormat, entry.reason);
          error.where.file = input.name;
          error.hints.emplace_back(
              "`--manifest-format NAME` forces a format, `merlon scan --list-formats` lists them");
          entry.rendered_error = render(error);
        }
      } else if (!input.named && entry.state == CoverageState::kFailed && entry.format.empty() &&
                 !speaks_of_manifests(source.bytes())) {
        entry.state = CoverageState::kSkipped;
        entry.rendered_error.clear();
      }
    }
  }

  const ScanSettings& settings_;
  const RuleTable& table_;
  const CompiledRules& rules_;
  LoadOptions options_;
  std::unique_ptr<RuleMatcherState> state_;
  std::unique_ptr<SecretFinder> finder_;  ///< made for the first file that does not parse
};

unsigned thread_count(const ScanSettings& settings, std::size_t files) {
  const unsigned wanted =
      settings.jobs != 0 ? settings.jobs : std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<std::size_t>(std::min(wanted, 256U), files));
}

/// The bound on all bytes, kept in the order of the inputs: an input is over it when it and those
/// before it have more bytes together. Which ones are is decided when all were read, so that it
/// does not depend on which thread was first.
void drop_above_total(const std::vector<ScanInput>& files, const Limits& limits,
                      std::vector<FileResult>& results) {
  std::uint64_t total = 0;
  bool said = false;
  for (std::size_t at = 0; at < files.size(); ++at) {
    total += results[at].bytes;
    if (total <= limits.total_bytes) {
      continue;
    }
    Error error =
        make_error(ErrorCode::kLimit, "not scanned: the inputs have more than ",
                   std::to_string(limits.total_bytes), " bytes together (limit `total-bytes`)");
    error.where.file = files[at].name;
    CoverageEntry entry = failed_entry(files[at].name, error);
    if (std::exchange(said, true)) {
      entry.rendered_error.clear();  // once is enough
    }
    results[at] = {};
    results[at].coverage.push_back(std::move(entry));
  }
}

/// Results by index, whichever thread made them.
std::vector<FileResult> scan_files(const std::vector<ScanInput>& files,
                                   const ScanSettings& settings, const RuleTable& table,
                                   const CompiledRules& rules) {
  std::vector<FileResult> results(files.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> bytes_read{0};
  std::mutex progress_mutex;
  ScanProgress progress{.total = files.size()};
  const auto work = [&] {
    FileScanner scanner(settings, table, rules);
    // Read before the index is taken: all that was counted then stands before that input, so that
    // what is not even read here is over the bound for certain.
    for (std::uint64_t before = bytes_read; true; before = bytes_read) {
      const std::size_t at = next++;
      if (at >= files.size()) {
        return;
      }
      if (before <= settings.limits.total_bytes) {
        results[at] = scanner.scan(files[at]);
        bytes_read += results[at].bytes;
      }
      if (settings.progress) {
        const std::lock_guard lock(progress_mutex);
        ++progress.done;
        progress.bytes += results[at].bytes;
        progress.file = files[at].name;
        settings.progress(progress);
      }
    }
  };
  const unsigned threads = thread_count(settings, files.size());
  if (threads <= 1) {
    work();
  } else {
    std::vector<std::jthread> pool;
    pool.reserve(threads);
    for (unsigned i = 0; i < threads; ++i) {
      pool.emplace_back(work);
    }
  }
  drop_above_total(files, settings.limits, results);
  return results;
}

/// What the scan knows once all inputs were read: manifests sorted by file, with their hits.
class Assembly {
 public:
  Assembly(std::vector<FileResult> results, const ScanSettings& settings, const RuleTable& table,
           const CompiledRules& rules)
      : settings_(settings), table_(table), rules_(rules) {
    for (FileResult& result : results) {
      for (ScannedManifest& manifest : result.manifests) {
        scanned_.push_back(std::move(manifest));
      }
      std::move(result.coverage.begin(), result.coverage.end(), std::back_inserter(coverage_));
    }
    std::stable_sort(scanned_.begin(), scanned_.end(), [](const auto& a, const auto& b) {
      return a.manifest.file() < b.manifest.file();
    });
    for (ScannedManifest& scanned : scanned_) {
      manifests_.push_back(&scanned.manifest);
      hits_.push_back(std::move(scanned.hits));
    }
  }

  void run_workspace_checks() {
    HitCollector sink(manifests_, table_, settings_.limits, hits_);
    const CheckInput input{.manifests = manifests_, .limits = settings_.limits};
    for (const CheckKind& check : check_kinds()) {
      if (check.scope == CheckScope::kWorkspace) {
        check.run(input, sink);
      }
    }
    check_flows(input, sink);
    for (const ExtraCheck& check : settings_.extra_checks) {
      check.run(input, sink);
    }
  }

  void fill(ScanReport& report) {
    std::vector<SecretPlaces> secrets(manifests_.size());
    SecretTexts texts;
    SecretTexts key_texts;
    for (std::size_t i = 0; i < manifests_.size(); ++i) {
      collect_secrets(*manifests_[i], hits_[i].hits, secrets[i], texts, key_texts);
      secrets[i].finish();
      drop_unchanged(i);
    }
    texts.finish();
    key_texts.finish();
    const FindingContextView context{.manifests = manifests_,
                                     .secrets = secrets,
                                     .texts = texts,
                                     .key_texts = key_texts,
                                     .rules = table_};
    for (std::size_t i = 0; i < manifests_.size(); ++i) {
      add_findings(context, i, report);
    }
    add_coverage(texts, report);
    report.masked = true;
    finish(report);
  }

 private:
  /// With an earlier state, only what touches something new or changed is reported.
  void drop_unchanged(std::size_t number) {
    const ScannedManifest& scanned = scanned_[number];
    if (!scanned.compared) {
      return;
    }
    std::erase_if(hits_[number].hits, [&](const ScanHit& hit) {
      const bool related_changed =
          std::any_of(hit.related.begin(), hit.related.end(), [&](const RelatedHit& related) {
            const ScannedManifest& other = scanned_[related.manifest_of(number)];
            return !other.compared || !other.unchanged.holds(related.node);
          });
      return scanned.unchanged.holds(hit.node) && !related_changed;
    });
  }

  void add_findings(const FindingContextView& context, std::size_t number, ScanReport& report) {
    const Manifest& manifest = *manifests_[number];
    std::vector<ScanHit>& hits = hits_[number].hits;
    std::string unfinished;
    for (const ScanHit& hit : hits) {
      if (hit.unfinished) {
        unfinished = unfinished.empty() ? hit.message : unfinished;
      }
    }
    if (!unfinished.empty()) {
      hits_[number].limits.push_back(std::move(unfinished));
    }
    const ManifestIndex index(manifest);
    const std::vector<bool> counted =
        add_score_hits(manifest, index, table_, settings_.score_threshold, hits);
    if (report.findings.size() >= settings_.limits.findings) {
      if (!hits.empty()) {
        hits_[number].limits.emplace_back("the run has too many findings (limit `findings`)");
      }
      hits.clear();
      return;
    }
    std::vector<Finding> findings = build_findings(context, number, index, hits, counted);
    hits.clear();
    const std::size_t room = settings_.limits.findings - report.findings.size();
    if (findings.size() > room) {
      findings.resize(room);
      hits_[number].limits.emplace_back("the run has too many findings (limit `findings`)");
    }
    std::move(findings.begin(), findings.end(), std::back_inserter(report.findings));
    report.estimated_tokens += tool_bytes(manifest) / 4;
  }

  void add_coverage(const SecretTexts& texts, ScanReport& report) {
    // A YAML stream is several manifests of one file, in the order of their entries.
    std::unordered_map<std::string_view, std::vector<std::size_t>> by_file;
    for (std::size_t i = manifests_.size(); i > 0; --i) {
      by_file[manifests_[i - 1]->file()].push_back(i - 1);
    }
    for (CoverageEntry& entry : coverage_) {
      mask_error(texts, entry);
      const auto found = by_file.find(entry.file);
      if (found == by_file.end() || found->second.empty() ||
          entry.state == CoverageState::kFailed || entry.state == CoverageState::kSkipped) {
        continue;
      }
      const ManifestHits& hits = hits_[found->second.back()];
      found->second.pop_back();
      entry.strings = hits.strings;
      for (const std::string& limit : hits.limits) {
        entry.state = CoverageState::kPartial;
        entry.reason += (entry.reason.empty() ? "" : "; ") + texts.mask(limit);
      }
    }
    report.coverage = std::move(coverage_);
  }

  /// The line of a file that does not parse was looked at by no rule, but is shown.
  void mask_error(const SecretTexts& texts, CoverageEntry& entry) {
    entry.reason = texts.mask(entry.reason);
    if (entry.rendered_error.empty()) {
      return;
    }
    if (!finder_) {
      finder_ = std::make_unique<SecretFinder>(rules_, settings_.limits);
    }
    entry.rendered_error = finder_->mask(texts.mask(entry.rendered_error));
  }

  void finish(ScanReport& report) {
    std::stable_sort(report.findings.begin(), report.findings.end(), finding_before);
    assign_fingerprints(report.findings);
    std::unordered_set<std::string_view> ids;
    const auto add_rule = [&](std::string_view id) {
      const Rule* rule = table_.find(id);
      if (rule != nullptr && ids.insert(id).second) {
        report.rules.push_back(*rule);
      }
    };
    for (const Finding& finding : report.findings) {
      add_rule(finding.rule_id);
      for (const ScoreSignal& signal : finding.signals) {
        add_rule(signal.rule_id);
      }
    }
    std::sort(report.rules.begin(), report.rules.end(),
              [](const Rule& a, const Rule& b) { return a.id < b.id; });
  }

  const ScanSettings& settings_;
  const RuleTable& table_;
  const CompiledRules& rules_;
  std::unique_ptr<SecretFinder> finder_;
  std::vector<ScannedManifest> scanned_;
  std::vector<const Manifest*> manifests_;
  std::vector<ManifestHits> hits_;
  std::vector<CoverageEntry> coverage_;
};

}  // namespace

ScanReport scan(ScanInputs inputs, const ScanSettings& settings,
                const std::shared_ptr<const CompiledRules>& rules) {
  normalise_inputs(inputs);
  const RuleTable table(*rules, settings);
  ScanReport report;
  report.pack = rules->info();
  Assembly assembly(scan_files(inputs.files, settings, table, *rules), settings, table, *rules);
  assembly.run_workspace_checks();
  assembly.fill(report);
  std::move(inputs.left_out.begin(), inputs.left_out.end(), std::back_inserter(report.coverage));
  std::stable_sort(report.coverage.begin(), report.coverage.end(),
                   [](const auto& a, const auto& b) { return a.file < b.file; });
  return report;
}

}  // namespace merlon
