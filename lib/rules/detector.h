#pragma once
/// Named detectors: what a rule can ask for where a pattern cannot say it (entropy, checksums, path
/// shapes). One file <name>_detector.cpp and one row in detector_registry.cpp each.
///
/// A detector takes any text, not only a manifest's: arguments and results of calls, logs.
///
///   std::vector<DetectorHit> hits;
///   find_detector("payment-card")->find(text, hits);      // one kind
///
/// All secrets of the pack, placeholders left out, with masking: SecretFinder
/// (scan/secret_finder.h). Prompt injection in a text without a tool: RuleMatcherState::match with
/// the surface that the text has (`tool-description` for what a model will read), and
/// InstructionScorer::score_text against the model's `text_threshold`. Personal data: payment-card,
/// bank-account, person-number.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

struct DetectorHit {
  std::size_t begin{0};  ///< bytes of the text that was given
  std::size_t end{0};
  std::string what;  ///< the kind that was recognised, e.g. "GitHub token"; may be empty
};

struct DetectorKind {
  std::string_view name;  ///< kebab-case, unique
  std::string_view summary;
  /// At least one of these (lower-case ASCII) stands in every text with a hit; empty: the detector
  /// always runs.
  std::span<const std::string_view> literals;
  /// Appends hits in order of their begin. Pure; safe from many threads; linear in the text.
  void (*find)(std::string_view text, std::vector<DetectorHit>& hits);
  /// So many token bytes (base/regex/folded_text.h) stand in a row in every text with a hit.
  std::size_t token_run{0};
};

[[nodiscard]] std::span<const DetectorKind> detector_kinds();
[[nodiscard]] const DetectorKind* find_detector(std::string_view name);

}  // namespace merlon
