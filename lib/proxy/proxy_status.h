#pragma once
/// What a running proxy says to `merlon status`: one JSON object, docs/spec/proxy.md.
#include <cstdint>
#include <optional>
#include <string>

#include "proxy/group_client.h"
#include "proxy/guarded_session.h"

namespace merlon {

/// What the session itself does not know.
struct ProxyStanding {
  std::uint64_t seconds{0};  ///< since it began
  std::uint64_t queued_to_server{0};
  std::uint64_t queued_to_client{0};
  std::uint64_t left_threads{0};
  std::uint64_t redacted{0};  ///< places where a secret of the server was taken out
  std::uint64_t reloads{0};   ///< policies that came into force since it began
  std::string kept_policy;    ///< why the policy that was read last did not; empty: it did
  bool recording{false};
  std::optional<GroupCondition> group;  ///< nothing: a session of its own
};

/// With a line feed at its end.
[[nodiscard]] std::string proxy_status_json(const GuardedSession& session,
                                            const ProxyStanding& standing);

}  // namespace merlon
