#pragma once
/// Which logs a verifier trusts, and how many witnesses must have cosigned a checkpoint (C2SP
/// tlog-policy).
///
///   log example.com/log+1a2b3c4d+AbC...
///   witness w1 w1.example+... https://w1.example
///   witness w2 w2.example+...
///   group both all w1 w2
///   quorum both
///
/// Pure; safe from many threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/checkpoint.h"
#include "proof/key.h"
#include "proof/note.h"

namespace merlon {

struct TlogWitness {
  std::string name;
  VerifierKey key;
  std::string url;
};

/// `least` of the members, which stand before it.
struct TlogGroup {
  std::string name;
  std::size_t least{0};
  std::vector<std::size_t> witnesses;
  std::vector<std::size_t> groups;
};

struct TlogPolicy {
  std::vector<VerifierKey> logs;
  std::vector<TlogWitness> witnesses;
  std::vector<TlogGroup> groups;
  /// An index into `witnesses` or `groups`; nothing in both: no witness is needed.
  std::optional<std::size_t> quorum_witness;
  std::optional<std::size_t> quorum_group;
};

/// `kFormat` with the line, for unknown words, names that stand twice or come too late, no log, no
/// quorum or two; `kUnsupported` for keys of unknown algorithms; `kLimit` above 1000 lines.
[[nodiscard]] Result<TlogPolicy> parse_tlog_policy(std::string_view text, std::string_view file);

struct PolicyVerdict {
  NoteVerdict log;                     ///< of the logs' keys
  std::vector<std::size_t> witnesses;  ///< that cosigned, indices
  std::vector<std::uint64_t> times;    ///< of each, seconds since 1970
  bool bad_cosignature{false};         ///< one names a known witness and does not fit
  bool quorum{false};
};

[[nodiscard]] Result<PolicyVerdict> judge_by_policy(const Note& checkpoint,
                                                    const TlogPolicy& policy);

}  // namespace merlon
