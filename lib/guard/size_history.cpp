#include "guard/size_history.h"

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::uint64_t kMostHistoryCalls = 1000;
constexpr std::string_view kSizeTools = "size_tools";

std::string history_key(const std::string& tool) {
  return "size:" + shorten(tool, 128);
}

}  // namespace

std::optional<SizeHistory> read_size_history(const GuardMemory& memory, const std::string& tool) {
  const auto found = memory.series.find(history_key(tool));
  if (found == memory.series.end() || found->second.size() != 2) {
    return std::nullopt;
  }
  return SizeHistory{.calls = static_cast<std::uint64_t>(found->second[0]),
                     .bytes = static_cast<std::uint64_t>(found->second[1])};
}

void add_to_size_history(GuardMemory& memory, const std::string& tool, std::uint64_t bytes,
                         std::size_t most_tools) {
  SizeHistory history = read_size_history(memory, tool).value_or(SizeHistory{});
  if (history.calls == 0) {
    std::uint64_t& tools = memory.counters[std::string(kSizeTools)];
    if (tools >= most_tools) {
      return;
    }
    ++tools;
  }
  history.calls += 1;
  history.bytes += bytes;
  if (history.calls >= kMostHistoryCalls) {
    history.calls /= 2;
    history.bytes /= 2;
  }
  memory.series[history_key(tool)] = {static_cast<std::int64_t>(history.calls),
                                      static_cast<std::int64_t>(history.bytes)};
}

}  // namespace merlon
