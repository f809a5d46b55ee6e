#include "replay/seen_use.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "manifest/format.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

void SeenUseCollector::count(const std::string& tool, std::int64_t time_ms) {
  std::vector<std::int64_t>& times = minute_[tool];
  std::erase_if(times, [&](std::int64_t time) { return time + kMinuteMs <= time_ms; });
  times.push_back(time_ms);
  std::uint64_t& most = use_.most_per_minute[tool];
  most = std::max<std::uint64_t>(most, times.size());
}

void SeenUseCollector::take(const Message& message, std::int64_t time_ms,
                            const std::string& server) {
  if (message.method == "tools/call") {
    count(item_of(message), time_ms);
    return;
  }
  if (message.kind != MessageKind::kResult ||
      !message.document.find(message.result, "tools", NodeKind::kArray)) {
    return;
  }
  const auto source =
      SourceText::copy_of(server, std::string(message.document.raw(message.result)));
  LoadedFile loaded =
      load_manifests(source, LoadOptions{.format = "tools-list", .limits = limits_});
  for (Manifest& manifest : loaded.manifests) {
    for (Server& one : manifest.servers) {
      one.name = server;
    }
    manifests_.push_back(std::move(manifest));
  }
}

std::vector<Error> SeenUseCollector::read(SessionSource& source) {
  std::vector<Error> errors;
  minute_.clear();
  for (;;) {
    auto line = source.next();
    if (!line) {
      errors.push_back(std::move(line).error());
      continue;
    }
    if (!*line) {
      return errors;
    }
    const auto* const event = std::get_if<RecordedEvent>(&**line);
    // What was refused when it was recorded was not done.
    if (event != nullptr && (event->sending.action == RecordedAction::kForward ||
                             event->sending.action == RecordedAction::kRewrite ||
                             event->event.origin == EventOrigin::kProxy)) {
      take(event->event.message, event->event.time_ms, source.header().server);
    }
  }
}

}  // namespace merlon
