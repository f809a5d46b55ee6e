#include "scan/manifest_matcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShownEvidence = 400;

bool is_text(NodeKind kind) {
  return kind == NodeKind::kString || kind == NodeKind::kKey;
}

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

class TextMatcher {
 public:
  TextMatcher(const Manifest& manifest, const RuleTable& rules, RuleMatcherState& state,
              const Limits& limits)
      : manifest_(manifest), rules_(rules), state_(state), limits_(limits) {}

  void match(NodeId node, ManifestHits& out) {
    const Document& document = manifest_.document;
    std::string_view text = document.text(node, scratch_);
    if (text.size() > limits_.text_bytes) {
      text = first_part(node, text, out);
    }
    hits_.clear();
    state_.match(manifest_.surface_of(node), text, hits_);
    for (RuleHit& hit : hits_) {
      add_hit(out, to_scan_hit(node, hit), limits_);
    }
  }

 private:
  /// Patterns see a bounded part of a text; that the rest was not looked at is a finding of its
  /// own.
  std::string_view first_part(NodeId node, std::string_view text, ManifestHits& out) const {
    std::size_t cut = limits_.text_bytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) {
      --cut;
    }
    ScanHit hit;
    hit.rule = rules_.find("rule-budget-exceeded");
    hit.node = node;
    hit.begin = cut;
    hit.end = text.size();
    hit.message = "this text has " + std::to_string(text.size()) +
                  " bytes, patterns saw the first " + std::to_string(cut) + " (limit `text-bytes`)";
    hit.unfinished = true;
    add_hit(out, std::move(hit), limits_);
    return text.substr(0, cut);
  }

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

  const Manifest& manifest_;
  const RuleTable& rules_;
  RuleMatcherState& state_;
  const Limits& limits_;
  std::string scratch_;
  std::vector<RuleHit> hits_;
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
  TextMatcher matcher(manifest, rules, state, limits);
  const Document& document = manifest.document;
  for (NodeId node = 0; node < document.size(); ++node) {
    if (is_text(document.kind(node)) && !manifest.is_repeated(node)) {
      ++out[0].strings;
      matcher.match(node, out[0]);
    }
  }
  const std::array<const Manifest*, 1> one{&manifest};
  HitCollector sink(one, rules, limits, out);
  for (const CheckKind& check : check_kinds()) {
    if (check.scope == CheckScope::kManifest) {
      check.run(CheckInput{.manifests = one, .limits = limits}, sink);
    }
  }
  return std::move(out[0]);
}

}  // namespace merlon
