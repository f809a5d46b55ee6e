#include "scan/manifest_matcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "rules/inspect.h"

namespace merlon {
namespace {

constexpr std::size_t kShownEvidence = 400;

/// Adds a hit unless the manifest has as many as the run may have; says once that there were more.
void add_hit(ManifestHits& out, ScanHit hit, const Limits& limits) {
  if (out.hits.size() < limits.findings) {
    out.hits.push_back(std::move(hit));
  } else if (!out.full) {
    out.full = true;
    out.limits.push_back("more than " + std::to_string(limits.findings) +
                         " findings (limit `findings`)");
  }
}

/// Makes scan hits of what rules say about texts.
class ScanTextSink final : public TextHitSink {
 public:
  ScanTextSink(const RuleTable& rules, const Limits& limits, ManifestHits& out)
      : rules_(rules), limits_(limits), out_(out) {}

  void text_hit(NodeId node, RuleHit hit) override {
    add_hit(out_, to_scan_hit(node, hit), limits_);
  }

  /// Patterns see a bounded part of a text; that the rest was not looked at is a finding of its
  /// own.
  void text_cut(NodeId node, std::size_t seen, std::size_t whole) override {
    ScanHit hit;
    hit.rule = rules_.find("rule-budget-exceeded");
    hit.node = node;
    hit.begin = seen;
    hit.end = whole;
    hit.message = "this text has " + std::to_string(whole) + " bytes, patterns saw the first " +
                  std::to_string(seen) + " (limit `text-bytes`)";
    hit.unfinished = true;
    add_hit(out_, std::move(hit), limits_);
  }

 private:
  ScanHit to_scan_hit(NodeId node, RuleHit& hit) const {
    const Rule& rule = rules_.pack_rule(hit.rule);
    ScanHit out;
    out.node = node;
    out.begin = hit.begin;
    out.end = hit.end;
    if (hit.budget_exceeded) {
      out.rule = rules_.find("rule-budget-exceeded");
      out.message = "rule `" + rule.id + "` reached a bound on this text";
      out.unfinished = true;
      return out;
    }
    out.rule = &rule;
    out.evidence = {.text = shorten(hit.evidence, kShownEvidence),
                    .decoded_by = std::move(hit.decoded_by)};
    out.secret = rule.secret;
    out.score = rule.score;
    return out;
  }

  const RuleTable& rules_;
  const Limits& limits_;
  ManifestHits& out_;
};

}  // namespace

void HitCollector::report(CheckHit hit) {
  const Rule* rule = rules_.find(hit.rule_id);
  if (rule == nullptr || !rule->enabled || hit.manifest >= out_.size() ||
      hit.node >= manifests_[hit.manifest]->document.size() ||
      manifests_[hit.manifest]->is_repeated(hit.node)) {
    return;
  }
  ScanHit out;
  out.rule = rule;
  out.node = hit.node;
  out.begin = hit.begin;
  out.end = hit.end;
  out.message = std::move(hit.message);
  out.evidence = std::move(hit.evidence);
  out.evidence.text = shorten(out.evidence.text, kShownEvidence);
  out.secret = hit.secret || rule->secret;
  out.score = hit.score.value_or(rule->score);
  out.severity = hit.severity;
  out.signals = std::move(hit.signals);
  for (ScoreSignal& signal : out.signals) {
    signal.rule_id = rule->id;
  }
  for (auto& [message, place] : hit.related) {
    if (place.first < manifests_.size() &&
        place.second < manifests_[place.first]->document.size()) {
      out.related.push_back({std::move(message),
                             place.first == hit.manifest ? kSameManifest : place.first,
                             place.second});
    }
  }
  add_hit(out_[hit.manifest], std::move(out), limits_);
}

ManifestHits match_manifest(const Manifest& manifest, const RuleTable& rules,
                            RuleMatcherState& state, const Limits& limits) {
  std::vector<ManifestHits> out(1);
  ScanTextSink texts(rules, limits, out[0]);
  out[0].strings = inspect_texts(manifest, state, limits, texts);
  const std::array<const Manifest*, 1> one{&manifest};
  HitCollector sink(one, rules, limits, out);
  run_manifest_checks(manifest, limits, sink);
  return std::move(out[0]);
}

}  // namespace merlon
