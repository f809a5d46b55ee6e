#include <chrono>
#include <ostream>

#include "exit_code.h"
#include "options.h"
#include "proxy/group_broker.h"

namespace merlon::cli {

int cmd_broker(Env& env, std::span<const std::string> args);

int cmd_broker(Env& env, std::span<const std::string> args) {
  std::string group;
  std::uint64_t idle_seconds = 60;
  std::uint64_t keep_hours = 0;
  Options options("broker", "serve a group of proxies; they start it themselves");
  options.describe(
      "Tells the proxies of one client what the others have touched, so that the Rule of Two holds "
      "for all of them together. The first proxy of a group starts it, and it ends when no proxy "
      "has been there for a while; there is no need to start it by hand. See docs/spec/group.md.");
  options.value("--group,-g", group, "NAME", "which group");
  options.value("--idle", idle_seconds, "SECONDS", "end after this long without a proxy");
  options.value("--keep", keep_hours, "HOURS",
                "what has been touched is forgotten after this long without a proxy (24)");
  options.example("merlon broker --group work", "serve the group in the foreground");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  constexpr std::uint64_t kMostHours = 24ULL * 366;
  constexpr std::uint64_t kMostSeconds = 86'400;
  if (group.empty() || idle_seconds > kMostSeconds || keep_hours > kMostHours) {
    Error error =
        make_error(ErrorCode::kUsage, group.empty() ? "which group?" : "that is too long a time");
    error.hints.emplace_back(group.empty() ? "say `--group NAME`"
                                           : "at most 86400 seconds and 8784 hours");
    env.err << render(error);
    return kUsageError;
  }
  const auto places = find_group_places(env.variable);
  if (!places) {
    env.err << render(places.error());
    return kEnvironment;
  }
  const auto broker = GroupBroker::open({.places = *places,
                                         .group = group,
                                         .idle_time = std::chrono::seconds(idle_seconds),
                                         .time_to_live = std::chrono::hours(keep_hours)},
                                        env.clock);
  if (!broker) {
    env.err << render(broker.error());
    return broker.error().code == ErrorCode::kUsage ? kNo : kEnvironment;
  }
  if (const Status served = (*broker)->run(); !served) {
    env.err << render(served.error());
    return kEnvironment;
  }
  return kYes;
}

}  // namespace merlon::cli
