#pragma once
/// What a tool can do to its user, as labels with the evidence for each. docs/spec/capabilities.md
/// says what they mean.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace merlon {

enum class Capability : std::uint8_t {
  kReadsPrivate = 0,  ///< data of the user or their organisation comes into the conversation
  kTakesUntrusted,    ///< text that strangers can write comes into the conversation
  kSendsOut,          ///< data can leave to somebody else
  kChangesState,      ///< something is different afterwards
  kDestroys,          ///< something is gone afterwards
  kExecutes,          ///< runs code or commands that the caller chooses
  kSpendsMoney,       ///< money or tokens of value move
  kWritesMemory,      ///< what is said here comes back in later conversations
};
inline constexpr std::size_t kCapabilityCount = 8;

/// One bit each.
using CapabilitySet = std::uint8_t;
[[nodiscard]] constexpr CapabilitySet capability_bit(Capability capability) {
  return static_cast<CapabilitySet>(1U << static_cast<unsigned>(capability));
}

struct CapabilityInfo {
  Capability capability;
  std::string_view name;     ///< kebab-case, for policies and reports
  std::string_view summary;  ///< one line
};
/// In the order of the enum.
[[nodiscard]] std::span<const CapabilityInfo> capability_infos();
/// Their names, in the same order.
[[nodiscard]] std::vector<std::string_view> capability_names();
[[nodiscard]] std::string_view to_string(Capability capability);
[[nodiscard]] std::optional<Capability> parse_capability(std::string_view name);
/// "reads-private, sends-out"; "none" for the empty set.
[[nodiscard]] std::string to_string_list(CapabilitySet set);

enum class EvidenceSource : std::uint8_t { kName, kParameter, kDescription };
[[nodiscard]] std::string_view to_string(EvidenceSource source);

/// Why a tool has a capability. Bytes [begin, end) of the decoded text of `node`.
struct CapabilityEvidence {
  Capability capability{Capability::kReadsPrivate};
  EvidenceSource source{EvidenceSource::kName};
  NodeId node{kNoNode};
  std::size_t begin{0};
  std::size_t end{0};
  std::string words;  ///< the words that decided, e.g. "send email"
  bool sure{false};   ///< the words have one meaning: good enough to contradict an annotation

  friend bool operator==(const CapabilityEvidence&, const CapabilityEvidence&) = default;
};

/// An annotation that says something else than name and parameters do. Annotations are claims of
/// the server.
struct AnnotationContradiction {
  NodeId node{kNoNode};                              ///< the annotation's value
  std::string annotation;                            ///< "readOnlyHint"
  bool claimed{false};                               ///< its value
  Capability capability{Capability::kReadsPrivate};  ///< what contradicts it
  std::string words;

  friend bool operator==(const AnnotationContradiction&, const AnnotationContradiction&) = default;
};

struct ToolCapabilities {
  CapabilitySet set{0};
  std::vector<CapabilityEvidence>
      evidence;  ///< at most one per capability and source, in the order of the enum
  std::vector<AnnotationContradiction> contradictions;

  [[nodiscard]] bool has(Capability capability) const {
    return (set & capability_bit(capability)) != 0;
  }
  /// The first piece of evidence for it, or null.
  [[nodiscard]] const CapabilityEvidence* why(Capability capability) const;
};

}  // namespace merlon
