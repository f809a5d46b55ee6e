#include "scan/finding_builder.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kPointerBytes = 4096;
constexpr std::size_t kMessageBytes = 600;
constexpr std::size_t kEvidenceBytes = 400;

bool has_text(const Document& document, NodeId node) {
  const NodeKind kind = document.kind(node);
  return kind == NodeKind::kString || kind == NodeKind::kKey;
}

std::pair<std::uint64_t, std::uint64_t> source_range(const Document& document, NodeId node,
                                                     std::size_t begin, std::size_t end) {
  if (has_text(document, node) && end != kWholeNode) {
    return document.source_range(node, begin, end);
  }
  if (has_text(document, node)) {
    // The whole text, without quotes where there are some.
    std::string scratch;
    return document.source_range(node, begin, document.text(node, scratch).size());
  }
  return {document.node(node).begin, document.node(node).end};
}

/// The decoded text of a hit's place.
std::string text_of(const Document& document, const ScanHit& hit) {
  std::string scratch;
  const std::string_view text = document.text(hit.node, scratch);
  const std::size_t begin = std::min(hit.begin, text.size());
  return std::string(text.substr(begin, std::max(hit.end, begin) - begin));
}

/// The pointer, or that of the nearest container whose pointer is short enough: a key can have
/// megabytes.
std::string short_pointer(const Document& document, NodeId node) {
  std::size_t bytes = 0;
  NodeId shown = node;
  for (NodeId id = node; id != kNoNode; id = document.node(id).parent) {
    const Node& at = document.node(id);
    bytes += at.kind == NodeKind::kKey ? 2 * (at.end - at.begin) + 1 : 12;
    if (bytes > kPointerBytes) {
      shown = at.parent;
      bytes = 0;
    }
  }
  return shown == kNoNode ? std::string() : document.pointer(shown);
}

/// What the rule itself says holds no secret, and is not searched for one: else a manifest could
/// blot it out by calling its words a password. `evidence` is masked already.
std::string rule_message(const Rule& rule, std::string_view evidence) {
  std::string text = rule.message.empty() ? rule.title : rule.message;
  constexpr std::string_view kHole = "{evidence}";
  if (const std::size_t at = text.find(kHole); at != std::string::npos) {
    text.replace(at, kHole.size(), shorten(evidence, 120));
  }
  return shorten(escape_for_display(text), kMessageBytes);
}

/// A check may have masked what it shows; what still stands in the place is masked here.
std::string masked_evidence(const Document& document, const ScanHit& hit) {
  if (hit.evidence.text.empty()) {
    return mask_secret(text_of(document, hit));
  }
  return hit.evidence.text.find("…(") != std::string::npos ? hit.evidence.text
                                                           : mask_secret(hit.evidence.text);
}

Evidence evidence_of(const Document& document, const ScanHit& hit) {
  Evidence out = hit.evidence;
  if (hit.secret) {
    out.text = masked_evidence(document, hit);
  } else if (out.text.empty() && has_text(document, hit.node)) {
    out.text = text_of(document, hit);
  }
  out.text = shorten(out.text, kEvidenceBytes);
  return out;
}

class Builder {
 public:
  Builder(const FindingContextView& context, std::size_t number, const ManifestIndex& index)
      : context_(context), number_(number), manifest_(*context.manifests[number]), index_(index) {}

  [[nodiscard]] Finding build(const ScanHit& hit, bool counted) const {
    const Rule& rule = *hit.rule;
    const Document& document = manifest_.document;
    Finding out;
    out.rule_id = rule.id;
    out.where = locate(number_, hit.node, hit.begin, hit.end);
    out.secret = hit.secret;
    out.score = hit.score;
    out.remedy = rule.remedy;
    out.taxonomies = rule.taxonomies;
    out.pointer = context_.key_texts.mask(short_pointer(document, hit.node));
    out.surface = has_text(document, hit.node) ? to_string(manifest_.surface_of(hit.node)) : "file";
    set_names(hit.node, out);
    out.evidence = evidence_of(document, hit);
    if (!hit.secret) {
      out.evidence.text = clean(out.evidence.text);
    }
    out.message = hit.message.empty()
                      ? rule_message(rule, out.evidence.text)
                      : clean(shorten(escape_for_display(hit.message), kMessageBytes));
    for (const RelatedHit& place : hit.related) {
      out.related.push_back(
          {.message = clean(shorten(escape_for_display(place.message), kMessageBytes)),
           .where = locate(place.manifest_of(number_), place.node, place.begin, place.end)});
    }
    for (const ScoreSignal& signal : hit.signals) {
      out.signals.push_back(
          {.rule_id = signal.rule_id, .score = signal.score, .evidence = clean(signal.evidence)});
    }
    apply_rule(hit, counted, out);
    return out;
  }

 private:
  [[nodiscard]] Location locate(std::size_t number, NodeId node, std::size_t begin,
                                std::size_t end) const {
    const Document& document = context_.manifests[number]->document;
    const auto [first, last] = source_range(document, node, begin, end);
    Location where = document.source().locate(first, last - first);
    context_.secrets[number].mask(document.source(), where);
    return where;
  }

  [[nodiscard]] std::string clean(std::string_view text) const { return context_.texts.mask(text); }

  void set_names(NodeId node, Finding& out) const {
    const Item* item = index_.item_at(node);
    if (item != nullptr && item->name != kNoNode) {
      out.item = clean(shorten(manifest_.document.text(item->name), kNameBytes));
    }
    if (const Server* server = index_.server_at(node)) {
      out.server = clean(shorten(server->name, kNameBytes));
    }
  }

  void apply_rule(const ScanHit& hit, bool counted, Finding& out) const {
    const EffectiveRule effective = context_.rules.effective(*hit.rule, manifest_.file());
    const bool overridden = effective.severity != hit.rule->severity;
    out.severity = overridden ? effective.severity : hit.severity.value_or(effective.severity);
    out.tier = effective.tier;
    if (out.tier == Tier::kSoft) {
      // A soft signal is context, never a verdict: it is shown below everything that counts.
      out.severity = counted ? Severity::kLow : Severity::kInfo;
    }
    if (effective.disabled_by != nullptr) {
      out.suppression = Suppression{
          .by = "config", .owner = "", .reason = effective.disabled_by->reason, .expires = ""};
    }
  }

  const FindingContextView& context_;
  std::size_t number_;
  const Manifest& manifest_;
  const ManifestIndex& index_;
};

}  // namespace

void collect_secrets(const Manifest& manifest, const std::vector<ScanHit>& hits,
                     SecretPlaces& places, SecretTexts& texts, SecretTexts& key_texts) {
  for (const ScanHit& hit : hits) {
    if (!hit.secret) {
      continue;
    }
    const auto [begin, end] = source_range(manifest.document, hit.node, hit.begin, hit.end);
    places.add(begin, end);
    texts.add(text_of(manifest.document, hit));
    texts.add(manifest.document.source().bytes().substr(begin, end - begin));
    if (!hit.evidence.decoded_by.empty()) {
      texts.add(hit.evidence.text);
    }
    if (manifest.document.kind(hit.node) == NodeKind::kKey) {
      key_texts.add(text_of(manifest.document, hit));
    }
  }
}

bool finding_before(const Finding& a, const Finding& b) {
  const auto key = [](const Finding& finding) {
    return std::tie(finding.where.file, finding.where.offset, finding.where.length, finding.rule_id,
                    finding.message);
  };
  return key(a) < key(b);
}

std::vector<Finding> build_findings(const FindingContextView& context, std::size_t number,
                                    const ManifestIndex& index, const std::vector<ScanHit>& hits,
                                    const std::vector<bool>& counted) {
  const Builder builder(context, number, index);
  std::vector<Finding> out;
  out.reserve(hits.size());
  for (std::size_t at = 0; at < hits.size(); ++at) {
    out.push_back(builder.build(hits[at], counted[at]));
  }
  std::stable_sort(out.begin(), out.end(), finding_before);
  const auto same_place = [](const Finding& a, const Finding& b) {
    return a.rule_id == b.rule_id && a.where.offset == b.where.offset &&
           a.where.length == b.where.length && a.message == b.message;
  };
  out.erase(std::unique(out.begin(), out.end(), same_place), out.end());
  return out;
}

}  // namespace merlon
