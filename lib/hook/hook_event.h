#pragma once
/// One call of a hook by an agent's host, and what the host is told: plain values between the
/// adapters (hook_adapter.h) and the engine (hook_session.h).
#include <cstdint>
#include <optional>
#include <string>

#include "model/decision.h"

namespace merlon {

enum class HookPhase : std::uint8_t {
  kBefore,  ///< a tool is about to run
  kAfter,   ///< it has run; its result is about to reach the model
  kOther,   ///< nothing that the engine judges
};

struct HookEvent {
  HookPhase phase{HookPhase::kOther};
  std::string session;    ///< as the host calls it
  std::string server;     ///< name of the MCP server; empty: a tool of the host itself
  std::string tool;       ///< without any prefix
  std::string call;       ///< the host's id of this call; may be empty
  std::string arguments;  ///< JSON, an object
  std::string result;     ///< of kAfter: JSON
  std::string event;      ///< the host's own word for the event
};

/// What the engine says.
struct HookRuling {
  Verdict verdict{Verdict::kDeny};
  std::string reason;                  ///< one line; empty for a plain allow
  std::optional<std::string> changed;  ///< of kModify: arguments or result as they should be, JSON
};

/// What the process answers its host with.
struct HookReply {
  std::string out;  ///< one JSON object
  std::string err;  ///< for hosts that show standard error
  int code{0};
  friend bool operator==(const HookReply&, const HookReply&) = default;
};

}  // namespace merlon
