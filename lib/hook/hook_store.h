#pragma once
/// What a session of hook calls has seen, on disk: a locked folder per session of a host, in it an
/// index and one full recording per server, which the next call of the hook plays again.
///
///   STATE/hooks/HOST-ID/lock         held (flock) while a call is judged
///   STATE/hooks/HOST-ID/index.json   the servers, how many events each has, their legs
///   STATE/hooks/HOST-ID/NAME.jsonl   docs/spec/recording.md, full
///
/// Private (0700, 0600). What is missing, shorter than the index says, or cannot be read is an
/// error: a session without its memory is no session.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/process/unique_fd.h"
#include "base/result.h"
#include "hook/hook_session.h"
#include "model/event.h"
#include "policy/recorded_policy.h"

namespace merlon {

/// What the index says of one server.
struct HookServer {
  std::string file;
  std::uint64_t events{0};
  std::uint8_t legs{0};  ///< RuleOfTwoLeg bits
  std::string tool;      ///< the witness
};

class HookStore {
 public:
  /// A session whose files have more bytes is not gone on with.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

  /// Opens and locks the session, waiting for `patience_ms`. `kLimit` when another call holds it.
  [[nodiscard]] static Result<HookStore> open(const std::string& state_folder,
                                              const std::string& host, const std::string& session,
                                              std::int64_t patience_ms);

  /// Plays what the server's recording has. `kFormat` when it is damaged or lost.
  [[nodiscard]] Status play(const std::string& server, HookSession& session) const;
  /// Legs of the other servers.
  [[nodiscard]] std::vector<GroupFact> others(const std::string& server) const;
  /// Appends what happened and writes the index.
  [[nodiscard]] Status append(const RecordingHeader& header,
                              const std::vector<HappenedEvent>& happened,
                              const SessionState& state);

 private:
  HookStore() = default;
  [[nodiscard]] Status read_index();
  [[nodiscard]] Status write_index() const;

  std::string folder_;
  UniqueFd lock_;
  std::map<std::string, HookServer> servers_;  ///< by name
};

}  // namespace merlon
