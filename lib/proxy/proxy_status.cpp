#include "proxy/proxy_status.h"

#include <array>

#include <unistd.h>

#include "base/json/json_writer.h"

namespace merlon {

std::string proxy_status_json(const GuardedSession& session, const ProxyStanding& standing) {
  constexpr std::array<std::string_view, 3> kConditions{"lost", "joined", "in-doubt"};
  const SessionState& state = session.state();
  const Policy& policy = session.policy().policy();
  JsonWriter json;
  json.begin_object().field("process", static_cast<std::uint64_t>(::getpid()));
  json.field("server", state.server).field("session", state.session).field("group", state.group);
  json.field("tenant", state.tenant).field("identity", state.identity);
  json.field("policy", policy.name).field("policy_version", policy.version);
  json.field("seconds", standing.seconds).field("protocol", state.protocol_version);
  json.field("events", state.sequence).field("calls", state.calls);
  json.field("denials", state.denials);
  json.field("open_requests", static_cast<std::uint64_t>(state.pending.size()));
  json.field("waiting", static_cast<std::uint64_t>(session.parked()));
  json.field("queued_to_server", standing.queued_to_server);
  json.field("queued_to_client", standing.queued_to_client);
  json.field("redacted", standing.redacted).field("reloads", standing.reloads);
  json.field("policy_digest", policy.digest).field("policy_kept", standing.kept_policy);
  json.field("recording", standing.recording).field("left_threads", standing.left_threads);
  if (standing.group) {
    json.field("group_condition", kConditions[static_cast<std::size_t>(*standing.group)]);
  }
  session.metrics().write(json);
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace merlon
