#include "mcp/recording.h"

#include <array>

namespace merlon {
namespace {

constexpr std::array<std::string_view, 2> kDirectionWords{"to-server", "to-client"};
constexpr std::array<std::string_view, 2> kOriginWords{"peer", "proxy"};
constexpr std::array<std::string_view, 4> kActionWords{"forward", "rewrite", "answer", "drop"};
constexpr std::array<std::string_view, 4> kRecordedNeedWords{"path", "host", "hook", "tool-list"};
constexpr std::array<std::string_view, 4> kFactStateWords{"known", "absent", "failed", "timeout"};
constexpr std::array<std::string_view, 5> kAssuranceWords{"elicited", "same-user", "other-user",
                                                          "remote-signed", "hardware"};
constexpr std::array<std::string_view, 4> kEndWords{"client-closed", "server-closed", "interrupted",
                                                    "failed"};

}  // namespace

namespace recording_words {
std::span<const std::string_view> directions() {
  return kDirectionWords;
}
std::span<const std::string_view> origins() {
  return kOriginWords;
}
std::span<const std::string_view> actions() {
  return kActionWords;
}
std::span<const std::string_view> needs() {
  return kRecordedNeedWords;
}
std::span<const std::string_view> fact_states() {
  return kFactStateWords;
}
std::span<const std::string_view> assurances() {
  return kAssuranceWords;
}
std::span<const std::string_view> end_reasons() {
  return kEndWords;
}
}  // namespace recording_words

std::string_view to_string(RecordedAction action) {
  return kActionWords[static_cast<std::size_t>(action)];
}

std::string_view to_string(RecordingEndReason reason) {
  return kEndWords[static_cast<std::size_t>(reason)];
}

}  // namespace merlon
