#pragma once
/// How long and how much `capture` listens.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace merlon {

enum class EraChoice : std::uint8_t { kAuto, kModern, kLegacy };

struct CaptureOptions {
  EraChoice eras{EraChoice::kAuto};
  /// Until the first answer. A first `npx` downloads before it starts anything.
  std::chrono::milliseconds start_timeout{120'000};
  /// How long `server/discover` may stay unanswered before `initialize` is sent as well.
  std::chrono::milliseconds probe_patience{10'000};
  /// For each later answer.
  std::chrono::milliseconds request_timeout{30'000};
  /// For all lists of one era together.
  std::chrono::milliseconds lists_timeout{120'000};
  std::uint32_t pages{1000};  ///< of one list
  Limits limits;
  std::string client_version{"0"};  ///< what we call ourselves
  /// Called about twice a second while waiting, with what is being done. May be empty.
  std::function<void(std::string_view what)> progress;
};

}  // namespace merlon
