#pragma once
/// A policy while it is put together from several files: what has been said so far, and by whom it
/// may still be said otherwise. For policy_loader.cpp and policy_reader.cpp.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/policy.h"

namespace merlon {

/// A guard of which some fields may still come from the defaults.
struct GuardDraft {
  GuardEntry entry;
  std::optional<std::uint32_t> timeout_ms;
  std::optional<OnError> on_error;
};

struct PolicyDraft {
  Policy policy;  ///< its `guards` stay empty until finish()
  std::vector<GuardDraft> guards;
  /// `[tenant.NAME]` of all files, in the order of the files.
  std::vector<std::pair<std::string, PolicyNode>> tenants;

  [[nodiscard]] GuardDraft* find_guard(std::string_view id) {
    for (GuardDraft& guard : guards) {
      if (guard.entry.id == id) {
        return &guard;
      }
    }
    return nullptr;
  }

  /// The policy, with the defaults where guards say nothing.
  [[nodiscard]] Policy finish() && {
    for (GuardDraft& guard : guards) {
      guard.entry.timeout_ms = guard.timeout_ms.value_or(policy.defaults.timeout_ms);
      guard.entry.on_error = guard.on_error.value_or(policy.defaults.on_error);
      policy.guards.push_back(std::move(guard.entry));
    }
    return std::move(policy);
  }
};

}  // namespace merlon
