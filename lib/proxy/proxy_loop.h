#pragma once
/// The proxy at work: moves bytes between a client's two streams and a server's, through a
/// GuardedSession. One thread serves with poll(2); the thread that calls run() watches it and
/// starts another one when a guard is late (policy/deadline_watch.h).
///
///   MERLON_TRY(KeptProcess server, KeptProcess::start(launch));
///   ProxyLoop loop({.server = std::move(server), .policy = policy, ...});
///   const ProxyEnding ending = loop.run();
///
/// How it ends. The client closes its side: what it sent is judged and forwarded, open requests
/// have `answer` to be answered, the server's input is closed, and after `input_end` it gets
/// SIGTERM, after `sigterm` all that is left of it is killed: in all less than the two seconds that
/// hosts wait before they do the same to us. The server goes: its last output is forwarded,
/// requests that are still open are answered with an error. SIGTERM or SIGINT: forwarded, then as
/// if the client had closed. SIGUSR1 and SIGUSR2 are forwarded, SIGHUP reads the policy again,
/// and so does a change of a watched file (policy_watch.h).
///
/// Back-pressure: a side is not read while more than `queue_bytes` wait for the other one, or more
/// than eight times as much wait for itself. What the server writes to its standard error is passed
/// on; when nobody reads it, what is above `error_bytes` is thrown away and counted.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/session_audit.h"
#include "base/clock.h"
#include "base/process/kept_process.h"
#include "base/result.h"
#include "mcp/recording_writer.h"
#include "policy/interceptor.h"
#include "proxy/approval_desk.h"
#include "proxy/ending_course.h"
#include "proxy/fact_finder.h"
#include "proxy/group_client.h"
#include "proxy/secret_redactor.h"
#include "proxy/status_socket.h"

namespace merlon {

struct ProxyBounds {
  std::size_t queue_bytes{8U << 20U};
  std::size_t error_bytes{1U << 20U};
  std::size_t read_bytes{64U << 10U};
};

/// A policy read again, as a recording wants it.
struct ReloadedPolicy {
  std::shared_ptr<const CompiledPolicy> policy;
  RecordedEngine engine;
};

enum class ReloadState : std::uint8_t {
  kSame,   ///< nothing has changed
  kTaken,  ///< `engine` decides from now on
  kKept,   ///< the one before stays in force; `why`
};

struct ReloadOutcome {
  ReloadState state{ReloadState::kKept};
  std::optional<ReloadedPolicy> engine;
  std::string why;                 ///< one line for people
  std::vector<std::string> files;  ///< to be watched from now on
};

struct ProxySetup {
  KeptProcess server;
  std::shared_ptr<const CompiledPolicy> policy;
  SessionState state;  ///< names and identities; nothing seen yet
  MessageLimits limits;
  std::string own_ids;  ///< see GuardedSession
  FactFinderOptions facts;
  std::unique_ptr<RecordingWriter> recording;  ///< begun; null: none
  std::unique_ptr<SessionAudit> audit;         ///< begun; null: none
  std::unique_ptr<GroupClient> group;          ///< null: a session of its own
  std::unique_ptr<StatusSocket> status;        ///< null: none
  ApprovalDeskOptions approvals;               ///< without a state folder nobody is asked
  /// Of the secrets that the server was given. What it says is judged, recorded and passed on
  /// without them. Null: none.
  std::shared_ptr<const SecretRedactor> redactor;
  /// Reads the policy again; its errors have been shown. Empty: there is nothing to reload.
  std::function<ReloadOutcome()> reload;
  std::vector<std::string> watched;  ///< files whose changes make it read again
  ProxyGraces graces;
  ProxyBounds bounds;
  int input{0};   ///< what the client writes
  int output{1};  ///< what it reads; taken over
  int errors{2};
  const Clock* clock{&system_clock()};
};

struct ProxyEnding {
  std::optional<ExitStatus> server;  ///< nothing when it had to be killed
  bool client_closed{false};         ///< the end began with the client, or a signal
  int signal{0};                     ///< that ended us
  std::size_t left_running{0};       ///< threads in guards that do not end: leave with _exit
};

class ProxyLoop {
 public:
  explicit ProxyLoop(ProxySetup setup);
  ProxyLoop(const ProxyLoop&) = delete;
  ProxyLoop& operator=(const ProxyLoop&) = delete;
  ~ProxyLoop();

  /// Blocks until client and server are gone. Once. SIGPIPE and the signals that are forwarded are
  /// blocked or ignored from here on.
  [[nodiscard]] ProxyEnding run();

 private:
  class Engine;
  std::shared_ptr<Engine> engine_;
};

}  // namespace merlon
