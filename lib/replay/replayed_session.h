#pragma once
/// What a replay of one session came to, as plain data. docs/spec/replay.md says what each number
/// means.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "mcp/recording.h"
#include "model/decision.h"
#include "replay/session_score.h"

namespace merlon {

inline constexpr std::size_t kVerdicts = 5;
/// Counts by Verdict.
using VerdictCounts = std::array<std::uint64_t, kVerdicts>;

/// A decision in short.
struct Ruling {
  Verdict verdict{Verdict::kAllow};   ///< what happens
  Verdict would_be{Verdict::kAllow};  ///< what enforcing would do: what policies are compared by
  RecordedAction action{RecordedAction::kForward};
  std::vector<std::string> guards;  ///< ids of the determining ones
  std::vector<std::string> rules;   ///< rule ids of their reasons, sorted, each once
  /// A guard wanted a fact that nothing has gathered: the denial says only that.
  bool undecided{false};
  friend bool operator==(const Ruling&, const Ruling&) = default;
};

/// Whether what is decided on can have happened.
enum class SessionPath : std::uint8_t {
  kTaken,           ///< everything before was sent as it was recorded
  kCounterfactual,  ///< something before was not: the peers would have said other things
  kUnreachable,     ///< the answer to a request that was refused: not decided
};
[[nodiscard]] std::string_view to_string(SessionPath path);

/// How two rulings about one message differ.
enum class RulingChange : std::uint8_t { kDenied, kAsked, kModified, kAllowed };
inline constexpr std::size_t kRulingChanges = 4;
/// "denied", "asked", "modified", "allowed": newly so.
[[nodiscard]] std::string_view to_string(RulingChange kind);
/// Nothing when the same happens. A warning is an allow.
[[nodiscard]] std::optional<RulingChange> change_of(Verdict before, Verdict after);

/// One message, decided again.
struct ReplayedMessage {
  std::uint64_t sequence{0};  ///< as recorded; 0: an unreadable line
  std::uint64_t line{0};      ///< in the file
  std::int64_t time_ms{0};
  Direction direction{Direction::kToServer};
  EventOrigin origin{EventOrigin::kPeer};
  std::string method;  ///< of an answer that of its request
  std::string tool;    ///< that is called, or whose answer this is

  std::optional<Ruling> recorded;  ///< nothing: the file has no decisions
  std::optional<Ruling> decided;   ///< by the policy; nothing: unreachable
  std::string decision_json;       ///< the same as bytes
  std::vector<Reason> reasons;     ///< of the determining guards
  StateSnapshot state;             ///< on which it was decided
  SessionPath path{SessionPath::kTaken};

  std::optional<Ruling> against;  ///< by the second policy; nothing: none, or unreachable
  std::vector<Reason> against_reasons;
  SessionPath against_path{SessionPath::kTaken};

  bool same{true};     ///< decision and what was sent are the recorded bytes
  bool masked{false};  ///< something was masked or lost: a difference proves nothing
  std::optional<RulingChange> change;  ///< from recorded to decided; with a second policy from
                                       ///< decided to against
};

/// Decisions that were held against the recorded ones, because the same policy made them.
struct Reproduction {
  std::uint64_t same{0};
  std::uint64_t different{0};         ///< and nothing excuses it
  std::uint64_t masked_different{0};  ///< something was masked or lost before
  std::uint64_t other_rules{0};       ///< different, and made with another rule pack
  [[nodiscard]] std::uint64_t compared() const {
    return same + different + masked_different + other_rules;
  }
};

/// Where rulings change: how often for each rule and tool. On the path that was taken, and behind
/// the first difference, where the recording only guesses.
struct ChangeCounts {
  using Key = std::pair<RulingChange, std::string>;
  std::array<std::uint64_t, kRulingChanges> taken{};
  std::array<std::uint64_t, kRulingChanges> counterfactual{};
  std::map<Key, std::uint64_t> by_rule;
  std::map<Key, std::uint64_t> by_tool;
  [[nodiscard]] std::uint64_t total() const;
  void add(const ChangeCounts& other);
};

/// What of a policy has spoken, by id: all its guards and tool entries are there, with 0 where they
/// never did. For coverage.
struct FiredCounts {
  std::map<std::string, std::uint64_t> guards;
  std::map<std::string, std::uint64_t> rules;
  std::map<std::string, std::uint64_t> tools;  ///< of `[[tool]]` entries: `server/tool` globs
  void add(const FiredCounts& other);
};

/// What was expected of a message and did not come.
struct ExpectationFailure {
  std::uint64_t sequence{0};
  std::string text;
  Location where;  ///< in the file of expectations; no file: nothing was said about the message
};

/// What was held against expectations.
struct ExpectationResults {
  std::uint64_t checked{0};
  std::uint64_t todo{0};  ///< that fail, as they are known to
  std::vector<ExpectationFailure> failures;
};

/// What an audit log says of a session. It holds digests of messages, so nothing of it can be
/// decided again: these are the decisions of then.
struct AuditedDecisions {
  std::string verdict;     ///< of the log's verification: "SEALED", ...
  std::string key_source;  ///< who vouches for the log's key: "pinned", "none", ...
  std::uint64_t decisions{0};
  VerdictCounts verdicts{};  ///< of `would_be`
  std::uint64_t unreadable{0};
  std::uint64_t outcomes{0};                   ///< requests whose answer is recorded
  std::map<std::string, std::uint64_t> rules;  ///< that spoke
  std::map<std::string, std::uint64_t> tools;  ///< that were called
};

struct SessionReplay {
  std::string file;
  std::string format;                    ///< "recording", or the importer's name
  std::vector<std::string> cannot_tell;  ///< what the format does not hold
  std::string session;
  std::string server;
  std::string policy_digest;    ///< that decided first
  std::string recorded_policy;  ///< name of the recorded policy
  std::string recorded_digest;  ///< empty: the file has no policy
  bool full{false};
  bool complete{true};              ///< has its end
  std::optional<Location> cut_off;  ///< the last line stops in the middle

  std::uint64_t messages{0};  ///< that were decided
  std::uint64_t unreadable{0};
  std::uint64_t reloads{0};
  std::uint64_t unreachable{0};
  std::uint64_t undecided{0};
  std::uint64_t masked_changes{
      0};                    ///< on masked text, from the recorded ruling to another policy's
  VerdictCounts verdicts{};  ///< of `would_be`
  VerdictCounts against_verdicts{};  ///< the same of the second policy
  Reproduction reproduction;
  /// Sequence of the first message that is not sent as it was recorded.
  std::optional<std::uint64_t> diverged_at;
  std::optional<std::uint64_t> against_diverged_at;
  ChangeCounts changes;
  FiredCounts fired;
  ExpectationResults expectations;
  std::string cluster;               ///< of a labelled session
  std::optional<ScoreCounts> score;  ///< of a labelled session
  std::optional<ScoreCounts> against_score;
  std::optional<AuditedDecisions> audited;  ///< of an audit log; nothing else is counted then
  bool tampered{false};                     ///< a log that is not what was signed
  /// SHA-256 of the file and of what is said about it, hex; empty where nobody asked for it.
  std::string input_digest;
  std::vector<ReplayedMessage> shown;
  std::vector<Error> errors;  ///< lines that could not be read, policies that could not be made

  /// Part of the session was not decided, or what was cannot be told.
  [[nodiscard]] bool incomplete() const {
    return !errors.empty() || audited || undecided > 0 || masked_changes > 0 ||
           reproduction.masked_different > 0 || reproduction.other_rules > 0;
  }
};

}  // namespace merlon
