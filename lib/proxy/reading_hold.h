#pragma once
/// Whether a client is not read for now, because too many of its requests wait for the server. A
/// server may itself wait for something that the client sends: when it answers nothing for
/// kLongest, the client is read once more.
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace merlon {

class ReadingHold {
 public:
  static constexpr std::chrono::milliseconds kLongest{2000};

  explicit ReadingHold(const Clock& clock) : clock_(clock) {}

  /// To be asked before each wait. `answers` counts those of the server.
  [[nodiscard]] bool holds(bool takes_requests, std::uint64_t answers) {
    if (takes_requests) {
      since_.reset();
      return false;  // the usual case reads no clock
    }
    const auto now = clock_.steady();
    if (!since_ || answers != answers_) {
      since_ = now;
      answers_ = answers;
      return true;
    }
    if (now - *since_ < kLongest) {
      return true;
    }
    since_.reset();
    return false;
  }

  /// When holds() is to be asked again at the latest.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> until() const {
    return since_ ? std::optional(*since_ + kLongest) : std::nullopt;
  }

 private:
  const Clock& clock_;
  std::optional<std::chrono::steady_clock::time_point> since_;
  std::uint64_t answers_{0};
};

}  // namespace merlon
