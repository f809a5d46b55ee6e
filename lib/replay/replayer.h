#pragma once
/// Decides a session again, by one policy or by two beside each other. This header is the manual of
/// the module.
///
///   const Replayer replayer({.policy = &recorded});                    // by its own policies
///   const Replayer replayer({.policy = &named, .against = &other});    // by two others
///   MERLON_TRY(auto source, open_recording(text));
///   const SessionReplay replay = replayer.replay(*source, "session.jsonl");
///
/// - Each policy plays the whole session with a state of its own.
/// - Where the policy is the recorded one (the digest says so), its decisions are held against the
///   recorded ones, byte for byte.
/// - From the first message that a policy does not send as it was recorded, the session is
///   counterfactual: the peers would have said other things. The answer to a request that was
///   refused is not decided at all.
///
/// Pure but for reading policies; safe from many threads, one session on one thread.
#include "replay/policy_source.h"
#include "replay/replayed_session.h"
#include "replay/session_notes.h"
#include "replay/session_source.h"

namespace merlon {

/// Which messages SessionReplay::shown has.
enum class ShownMessages : std::uint8_t {
  kNone,
  kNotable,  ///< that were not simply allowed, or differ from what was recorded
  kAll,
};

struct ReplayOptions {
  const PolicySource* policy{nullptr};   ///< needed
  const PolicySource* against{nullptr};  ///< null: none
  ShownMessages shown{ShownMessages::kNotable};
  bool keep_going{false};  ///< go on behind a line that cannot be read
};

class Replayer {
 public:
  explicit Replayer(ReplayOptions options) : options_(options) {}

  /// `notes`: null where nobody has said anything about the session.
  [[nodiscard]] SessionReplay replay(SessionSource& source, std::string file,
                                     const SessionNotes* notes = nullptr) const;

 private:
  ReplayOptions options_;
};

}  // namespace merlon
