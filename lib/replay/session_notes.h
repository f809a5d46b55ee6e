#pragma once
/// What a person says about a recorded session: what it is an example of, and what policies are to
/// decide about it. docs/spec/replay.md has the formats.
///
///   Checked<SessionNotes> notes = load_session_notes(source, limits);   // NAME.expect.toml
///   Checked<SessionLabels> labels = load_labels(source, limits);        // --labels FILE
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/location.h"
#include "base/result.h"
#include "policy/expectation.h"

namespace merlon {

enum class SessionKind : std::uint8_t { kBenign, kAttack };

struct SessionLabel {
  SessionKind kind{SessionKind::kBenign};
  /// Sequence numbers of the calls that the attacker wanted. None: the model resisted.
  std::vector<std::uint64_t> attacker_calls;
  bool utility{false};  ///< the user's task was done
  std::string cluster;  ///< sessions of one task hang together; empty: the file's name
};

struct MessageExpectation {
  std::uint64_t sequence{0};
  Expectation expected;
  std::string todo;  ///< why it is known to fail; empty: it must hold
  Location where;
};

/// All that may be said about a session by one policy: what fires and is not expected fails.
struct PolicyExpectations {
  std::string policy;  ///< its name; empty: any
  std::vector<MessageExpectation> messages;
};

struct SessionNotes {
  std::optional<SessionLabel> label;
  std::vector<PolicyExpectations> policies;
  std::string digest;  ///< SHA-256 of the text that says it, hex; empty: there is none

  /// Those for the policy of this name, else those for any, or null.
  [[nodiscard]] const PolicyExpectations* find(const std::string& policy) const;
};

/// All problems at once (`bad-config`).
[[nodiscard]] Checked<SessionNotes> load_session_notes(std::shared_ptr<const SourceText> source,
                                                       const Limits& limits);

/// By file, as it is named from the folder of the labels.
using SessionLabels = std::map<std::string, SessionLabel>;
/// JSON lines. All problems at once (`format`).
[[nodiscard]] Checked<SessionLabels> load_labels(std::shared_ptr<const SourceText> source,
                                                 const Limits& limits);

}  // namespace merlon
