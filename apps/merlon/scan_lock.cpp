#include "scan_lock.h"

#include <algorithm>
#include <ostream>
#include <set>
#include <utility>

#include "base/digest/digest.h"
#include "base/text.h"
#include "capture/redaction.h"
#include "exit_code.h"
#include "rules/detector.h"
#include "scan/git_inputs.h"

namespace merlon::cli {
namespace {

/// The detectors that rules about secrets name: no second list of what a secret looks like.
std::vector<const DetectorKind*> secret_detectors(const CompiledRules& rules) {
  std::set<std::string_view> names;
  for (const Rule& rule : rules.rules()) {
    if (!rule.secret) {
      continue;
    }
    for (const RuleMatcher& matcher : rule.any) {
      if (matcher.kind == MatcherKind::kDetector) {
        names.insert(matcher.text);
      }
    }
  }
  std::vector<const DetectorKind*> found;
  for (const std::string_view name : names) {
    if (const DetectorKind* detector = find_detector(name)) {
      found.push_back(detector);
    }
  }
  return found;
}

using Source = Result<std::shared_ptr<const SourceText>>;

/// The lock as it is now, and as it was in the revision that judges; the same where there is none.
struct LockSources {
  Source now;
  Source base;
  std::string base_name;
};

/// `path` is the lock's, or that of its signature.
LockSources git_sources(const ScanLockWords& words, const std::string& path, std::uint64_t most) {
  const auto read = [&](const std::string& revision) -> Source {
    MERLON_TRY(const GitRevision tree, open_git_revision(words.git, GitSearch::kHere, revision));
    return tree.read(path, path, most);
  };
  const std::string revision = words.rev.empty() ? "HEAD" : words.rev;
  Source now = read(revision);
  if (words.since.empty()) {
    return {.now = now, .base = now, .base_name = path};
  }
  return {
      .now = std::move(now), .base = read(words.since), .base_name = path + " of " + words.since};
}

LockSources disk_sources(const FileSource& files, const ScanLockWords& words,
                         const std::string& file, std::uint64_t most) {
  Source now = files.read(file, most);
  if (words.since.empty()) {
    return {.now = now, .base = now, .base_name = file};
  }
  const auto earlier = [&]() -> Source {
    MERLON_TRY(const std::string path, files.canonical(file));
    const std::string folder = path.substr(0, path.rfind('/'));
    MERLON_TRY(const GitRevision tree,
               open_git_revision(folder.empty() ? "/" : folder, GitSearch::kUpwards, words.since));
    const std::string& root = tree.repository->work_tree();
    if (root.empty() || !path.starts_with(root + "/")) {
      return fail(ErrorCode::kNotFound, "`", file, "` lies in no git work tree");
    }
    return tree.read(path.substr(root.size() + 1), file, most);
  };
  return {.now = std::move(now), .base = earlier(), .base_name = file + " of " + words.since};
}

LockSources lock_sources(const FileSource& files, const ScanLockWords& words,
                         const std::string& path, std::uint64_t most) {
  return words.git.empty() ? disk_sources(files, words, path, most)
                           : git_sources(words, path, most);
}

CheckHit to_hit(const LockDrift& drift) {
  CheckHit hit;
  hit.rule_id = drift.rule_id;
  hit.manifest = drift.manifest;
  hit.node = drift.node == kNoNode ? 0 : drift.node;
  hit.message = drift.message;
  // The place that changed says more than the definition it is in.
  if (!drift.changes.empty() && drift.changes.front().node != kNoNode) {
    hit.node = drift.changes.front().node;
  }
  // A new tool that can do harm fails a build; one that cannot is worth a look.
  if (drift.rule_id == "lock-new-tool" && drift.risk_grew) {
    hit.severity = Severity::kHigh;
  }
  for (const DefinitionChange& change : drift.changes) {
    std::string text =
        std::string(to_string(change.kind)) + " " + (change.pointer.empty() ? "/" : change.pointer);
    if (!change.before.empty()) {
      text += ", was " + change.before;
    }
    if (!change.after.empty()) {
      text += ", now " + change.after;
    }
    hit.evidence.text += (hit.evidence.text.empty() ? "" : "; ") + text;
  }
  return hit;
}

}  // namespace

LockOptions lock_options(const std::shared_ptr<const CompiledRules>& rules) {
  LockOptions options;
  options.mask_words = [](const std::vector<std::string>& words) {
    return mask_words(words).words;
  };
  options.holds_secret = [detectors = secret_detectors(*rules)](std::string_view text) {
    std::vector<DetectorHit> hits;
    for (const DetectorKind* detector : detectors) {
      detector->find(text, hits);
    }
    return !hits.empty();
  };
  return options;
}

std::optional<int> ScanLock::fail_with(const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env_.err << render(error);
  }
  return code;
}

std::optional<int> ScanLock::check_signature(const SourceText& text, const Lock& lock,
                                             Source signature) {
  SignedInputs inputs(env_, words_.signed_terms);
  int exit = kIncomplete;
  const auto demanded = inputs.demands(SignedFileKind::kLock, words_.keys, exit);
  if (!demanded) {
    return exit;
  }
  if (!*demanded) {
    return std::nullopt;
  }
  const FileSubject subject{
      .kind = SignedFileKind::kLock,
      .subject = {},
      .version = lock.version,
      .files = {{.name = words_.compare, .digest = sha256_hex(text.bytes())}}};
  const OpenedFile opened =
      inputs.open_beside(words_.compare, std::move(signature), subject, words_.keys);
  return opened.file ? inputs.remember() : opened.exit;
}

std::optional<int> ScanLock::load_base(const Limits& limits) {
  LockSources sources = lock_sources(env_.files, words_, words_.compare, limits.file_bytes);
  const bool is_new = !sources.base && sources.base.error().code == ErrorCode::kNotFound;
  if (is_new && sources.now) {
    // The lock came with the change that it would have to judge: it judges, and that is a finding.
    changed_ = true;
    base_name_ = words_.compare;
    sources.base = sources.now;
  } else {
    base_name_ = sources.base_name;
    if (!sources.base) {
      return fail_with({sources.base.error()}, kIncomplete);
    }
    changed_ = !sources.now || (*sources.now)->bytes() != (*sources.base)->bytes();
  }
  const std::shared_ptr<const SourceText> text = *std::move(sources.base);
  auto lock = load_lock(text, limits);
  if (!lock) {
    return fail_with(lock.error(), kIncomplete);
  }
  base_ = *std::move(lock);
  if (words_.keys.empty() && words_.signed_terms.key_lists.lists.empty()) {
    return std::nullopt;
  }
  LockSources signature = lock_sources(
      env_.files, words_, words_.compare + std::string(kSignatureEnding), limits.file_bytes);
  return check_signature(*text, *base_,
                         is_new ? std::move(signature.now) : std::move(signature.base));
}

std::optional<int> ScanLock::load_previous(const Limits& limits) {
  auto source = env_.files.read(words_.write, limits.file_bytes);
  if (!source && source.error().code == ErrorCode::kNotFound) {
    return std::nullopt;
  }
  if (!source) {
    return fail_with({source.error()}, kEnvironment);
  }
  auto lock = load_lock(*std::move(source), limits);
  if (!lock) {
    fail_with(lock.error(), kIncomplete);
    env_.err << "merlon: hint: the lock that is there is kept; remove it to start anew\n";
    return kIncomplete;
  }
  previous_ = *std::move(lock);
  return std::nullopt;
}

std::optional<int> ScanLock::prepare(ScanSettings& settings,
                                     const std::shared_ptr<const CompiledRules>& rules) {
  if (words_.compare.empty() && words_.write.empty()) {
    return std::nullopt;
  }
  options_ = lock_options(rules);
  if (!words_.compare.empty()) {
    if (const auto code = load_base(settings.limits)) {
      return code;
    }
  }
  if (!words_.write.empty()) {
    if (const auto code = load_previous(settings.limits)) {
      return code;
    }
  }
  settings.extra_checks.push_back(
      {.rules = lock_rules(),
       .run = [this](const CheckInput& input, CheckSink& sink) { run(input, sink); }});
  return std::nullopt;
}

void ScanLock::run(const CheckInput& input, CheckSink& sink) {
  manifests_ = input.manifests.size();
  if (base_) {
    for (const LockDrift& drift : compare_lock(*base_, input.manifests, options_)) {
      sink.report(to_hit(drift));
    }
  }
  if (changed_ && !input.manifests.empty()) {
    CheckHit hit;
    hit.rule_id = "lock-changed";
    hit.message = "the lock " + escape_for_display(words_.compare) +
                  " changed in the same range; the manifests were judged by " +
                  escape_for_display(base_name_);
    sink.report(std::move(hit));
  }
  if (!words_.write.empty()) {
    const std::uint64_t version =
        previous_ ? next_lock_version(input.manifests, options_, *previous_) : 1;
    written_ = lock_text(input.manifests, options_, version);
  }
}

std::optional<int> ScanLock::finish() {
  if (words_.write.empty()) {
    return std::nullopt;
  }
  if (!written_) {
    return fail_with({make_error(ErrorCode::kInternal, "no lock was made")}, kBug);
  }
  if (!*written_) {
    return fail_with(written_->error(), kIncomplete);
  }
  if (manifests_ == 0) {
    return fail_with(
        {make_error(ErrorCode::kFormat, "no lock was written: the input has no manifest")},
        kIncomplete);
  }
  if (const Status status = write_file_atomically(words_.write, **written_); !status) {
    return fail_with({status.error()}, kEnvironment);
  }
  if (!words_.quiet) {
    env_.err << "merlon: wrote the lock `" << escape_for_display(words_.write) << "`\n";
  }
  return std::nullopt;
}

}  // namespace merlon::cli
