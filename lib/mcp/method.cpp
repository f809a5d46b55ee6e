#include "mcp/method.h"

#include <algorithm>
#include <array>

namespace merlon {
namespace {

constexpr std::array kMethods{
    MethodInfo{"completion/complete", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"elicitation/create", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"initialize", Phase::kConnection, Phase::kConnection, SurfaceList::kInstructions,
               ""},
    MethodInfo{"logging/setLevel", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"ping", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"prompts/get", Phase::kRequest, Phase::kResponse, std::nullopt, "name"},
    MethodInfo{"prompts/list", Phase::kRequest, Phase::kToolsList, SurfaceList::kPrompts, ""},
    MethodInfo{"resources/list", Phase::kRequest, Phase::kToolsList, SurfaceList::kResources, ""},
    MethodInfo{"resources/read", Phase::kRequest, Phase::kResponse, std::nullopt, "uri"},
    MethodInfo{"resources/subscribe", Phase::kRequest, Phase::kResponse, std::nullopt, "uri"},
    MethodInfo{"resources/templates/list", Phase::kRequest, Phase::kToolsList,
               SurfaceList::kResourceTemplates, ""},
    MethodInfo{"resources/unsubscribe", Phase::kRequest, Phase::kResponse, std::nullopt, "uri"},
    MethodInfo{"roots/list", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"sampling/createMessage", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"server/discover", Phase::kConnection, Phase::kConnection,
               SurfaceList::kInstructions, ""},
    MethodInfo{"subscriptions/listen", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"tasks/cancel", Phase::kRequest, Phase::kResponse, std::nullopt, "taskId"},
    MethodInfo{"tasks/get", Phase::kRequest, Phase::kResponse, std::nullopt, "taskId"},
    MethodInfo{"tasks/list", Phase::kRequest, Phase::kResponse, std::nullopt, ""},
    MethodInfo{"tasks/result", Phase::kRequest, Phase::kResponse, std::nullopt, "taskId"},
    MethodInfo{"tasks/update", Phase::kRequest, Phase::kResponse, std::nullopt, "taskId"},
    MethodInfo{"tools/call", Phase::kToolInvoke, Phase::kResponse, std::nullopt, "name"},
    MethodInfo{"tools/list", Phase::kRequest, Phase::kToolsList, SurfaceList::kTools, ""},
};

constexpr std::size_t kLongestMethod = 24;

/// Methods in the order of their lengths, and where each length begins.
struct LengthIndex {
  std::array<std::uint8_t, kMethods.size()> order{};
  std::array<std::uint8_t, kLongestMethod + 2> first{};
};

/// Looked up for each message several times: by length, few have the same.
constexpr LengthIndex kByLength = [] {
  LengthIndex index;
  std::size_t placed = 0;
  for (std::size_t length = 0; length <= kLongestMethod; ++length) {
    index.first[length] = static_cast<std::uint8_t>(placed);
    for (std::size_t i = 0; i < kMethods.size(); ++i) {
      if (kMethods[i].name.size() == length) {
        index.order[placed++] = static_cast<std::uint8_t>(i);
      }
    }
  }
  index.first[kLongestMethod + 1] = static_cast<std::uint8_t>(placed);
  return index;
}();
static_assert(kByLength.first.back() == kMethods.size());

constexpr std::array<std::string_view, kPhaseCount> kPhaseWords{
    "connection", "tools_list", "tool_invoke", "request", "response", "notification"};

}  // namespace

const MethodInfo* find_method(std::string_view method) {
  if (method.size() > kLongestMethod) {
    return nullptr;
  }
  for (std::size_t i = kByLength.first[method.size()]; i < kByLength.first[method.size() + 1];
       ++i) {
    const MethodInfo& info = kMethods[kByLength.order[i]];
    if (info.name == method) {
      return &info;
    }
  }
  return nullptr;
}

Phase phase_of(const Message& message, std::string_view answers) {
  switch (message.kind) {
    case MessageKind::kNotification: return Phase::kNotification;
    case MessageKind::kError: return Phase::kResponse;
    case MessageKind::kRequest: {
      const MethodInfo* const info = find_method(message.method);
      return info != nullptr ? info->request_phase : Phase::kRequest;
    }
    case MessageKind::kResult: {
      const MethodInfo* const info = find_method(answers);
      return info != nullptr ? info->result_phase : Phase::kResponse;
    }
  }
  return Phase::kResponse;
}

std::string_view to_string(Phase phase) {
  return kPhaseWords[static_cast<std::size_t>(phase)];
}

std::span<const std::string_view> phase_words() {
  return kPhaseWords;
}

std::optional<Phase> parse_phase(std::string_view word) {
  const auto* const found = std::find(kPhaseWords.begin(), kPhaseWords.end(), word);
  if (found == kPhaseWords.end()) {
    return std::nullopt;
  }
  return static_cast<Phase>(found - kPhaseWords.begin());
}

std::string item_of(const Message& message) {
  const MethodInfo* const info =
      message.kind == MessageKind::kRequest ? find_method(message.method) : nullptr;
  if (info == nullptr || info->item_key.empty()) {
    return {};
  }
  return message.document.string_or(message.document.find(message.params, info->item_key), "");
}

}  // namespace merlon
