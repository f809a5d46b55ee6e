#pragma once
/// Starts the broker of a group as a process that outlives us.
#include <string>
#include <vector>

#include "base/process/environment.h"
#include "proxy/group_client.h"

namespace merlon {

/// What a broker needs of our environment: where state, sockets and programs are. Nothing else is
/// given to it, since what hosts put into our environment are the server's secrets.
[[nodiscard]] std::vector<EnvironmentVariable> broker_environment(const VariableLookup& variable);

/// Runs `program broker --group NAME` in a session of its own, in `/`, without our descriptors and
/// with /dev/null for streams. It is no child of ours (a subreaper above us adopts it), so nothing
/// has to be reaped and no signal to our group reaches it. Answers when it has been started, not
/// when it serves; takes as long as a fork.
[[nodiscard]] GroupClient::StartBroker start_broker_program(
    std::string program, std::string group, std::vector<EnvironmentVariable> environment);

}  // namespace merlon
