#include "guard/protocol_methods.h"

#include <algorithm>
#include <array>

namespace merlon {
namespace {

constexpr std::string_view kOldest = "2024-11-05";
constexpr std::string_view kLastLegacy = "2025-11-25";
constexpr std::string_view kModern = "2026-07-28";
constexpr std::string_view kNewest = "9999";

struct MethodSpan {
  std::string_view method;
  std::string_view first;
  std::string_view last;
};

/// Requests, in both directions. Tasks of the modern era are an extension, and allowed.
constexpr std::array kRequestSpans{
    MethodSpan{"completion/complete", kOldest, kNewest},
    MethodSpan{"elicitation/create", "2025-06-18", kNewest},
    MethodSpan{"initialize", kOldest, kLastLegacy},
    MethodSpan{"logging/setLevel", kOldest, kLastLegacy},
    MethodSpan{"ping", kOldest, kLastLegacy},
    MethodSpan{"prompts/get", kOldest, kNewest},
    MethodSpan{"prompts/list", kOldest, kNewest},
    MethodSpan{"resources/list", kOldest, kNewest},
    MethodSpan{"resources/read", kOldest, kNewest},
    MethodSpan{"resources/subscribe", kOldest, kLastLegacy},
    MethodSpan{"resources/templates/list", kOldest, kNewest},
    MethodSpan{"resources/unsubscribe", kOldest, kLastLegacy},
    MethodSpan{"roots/list", kOldest, kNewest},
    MethodSpan{"sampling/createMessage", kOldest, kNewest},
    MethodSpan{"server/discover", kOldest, kNewest},  // clients probe old servers with it
    MethodSpan{"subscriptions/listen", kModern, kNewest},
    MethodSpan{"tasks/cancel", kLastLegacy, kNewest},
    MethodSpan{"tasks/get", kLastLegacy, kNewest},
    MethodSpan{"tasks/list", kLastLegacy, kLastLegacy},
    MethodSpan{"tasks/result", kLastLegacy, kLastLegacy},
    MethodSpan{"tasks/update", kModern, kNewest},
    MethodSpan{"tools/call", kOldest, kNewest},
    MethodSpan{"tools/list", kOldest, kNewest},
};

constexpr std::array kNotificationSpans{
    MethodSpan{"notifications/cancelled", kOldest, kNewest},
    MethodSpan{"notifications/elicitation/complete", kLastLegacy, kLastLegacy},
    MethodSpan{"notifications/initialized", kOldest, kLastLegacy},
    MethodSpan{"notifications/message", kOldest, kNewest},
    MethodSpan{"notifications/progress", kOldest, kNewest},
    MethodSpan{"notifications/prompts/list_changed", kOldest, kNewest},
    MethodSpan{"notifications/resources/list_changed", kOldest, kNewest},
    MethodSpan{"notifications/resources/updated", kOldest, kNewest},
    MethodSpan{"notifications/roots/list_changed", kOldest, kLastLegacy},
    MethodSpan{"notifications/subscriptions/acknowledged", kModern, kNewest},
    MethodSpan{"notifications/tasks", kModern, kNewest},
    MethodSpan{"notifications/tasks/status", kLastLegacy, kLastLegacy},
    MethodSpan{"notifications/tools/list_changed", kOldest, kNewest},
};

template <std::size_t kCount>
bool has_method(const std::array<MethodSpan, kCount>& spans, std::string_view revision,
                std::string_view method) {
  const auto* const found = std::ranges::find(spans, method, &MethodSpan::method);
  return found != spans.end() &&
         (revision.empty() || (revision >= found->first && revision <= found->last));
}

}  // namespace

bool is_modern_revision(std::string_view revision) {
  return revision >= kModern;  // dates; a name such as `draft` sorts behind them
}

bool is_method_of(std::string_view revision, MessageKind kind, std::string_view method) {
  return kind == MessageKind::kNotification ? has_method(kNotificationSpans, revision, method)
                                            : has_method(kRequestSpans, revision, method);
}

}  // namespace merlon
