#include "rules/inspect.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace merlon {
namespace {

/// The first bytes of a text that patterns may see, cut at a code point.
std::string_view seen_part(std::string_view text, std::size_t most) {
  std::size_t cut = most;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) {
    --cut;
  }
  return text.substr(0, cut);
}

}  // namespace

std::uint64_t inspect_texts(const Manifest& manifest, RuleMatcherState& state, const Limits& limits,
                            TextHitSink& sink) {
  const Document& document = manifest.document;
  std::uint64_t strings = 0;
  std::string scratch;
  std::vector<RuleHit> hits;
  for (NodeId node = 0; node < document.size(); ++node) {
    if ((!document.is(node, NodeKind::kString) && !document.is(node, NodeKind::kKey)) ||
        manifest.is_repeated(node)) {
      continue;
    }
    ++strings;
    std::string_view text = document.text(node, scratch);
    if (text.size() > limits.text_bytes) {
      const std::size_t whole = text.size();
      text = seen_part(text, limits.text_bytes);
      sink.text_cut(node, text.size(), whole);
    }
    hits.clear();
    state.match(manifest.surface_of(node), text, hits);
    for (RuleHit& hit : hits) {
      sink.text_hit(node, std::move(hit));
    }
  }
  return strings;
}

void run_manifest_checks(const Manifest& manifest, const Limits& limits, CheckSink& sink) {
  const std::array<const Manifest*, 1> one{&manifest};
  for (const CheckKind& check : check_kinds()) {
    if (check.scope == CheckScope::kManifest) {
      check.run(CheckInput{.manifests = one, .limits = limits}, sink);
    }
  }
}

}  // namespace merlon
