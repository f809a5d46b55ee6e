#pragma once
/// What a client gets when there is nothing behind the proxy: hosts hide standard error, so each of
/// its requests is answered with what went wrong.
#include <chrono>
#include <string>

namespace merlon {

struct NotStartedBounds {
  /// A client that sends nothing more is not waited for longer.
  std::chrono::milliseconds patience{30'000};
  std::size_t line_bytes{16U << 20U};
};

/// Reads `input` until its end and answers requests on `output` with not_started_answer(). Blocks.
void answer_not_started(int input, int output, const std::string& why,
                        const NotStartedBounds& bounds = {});

}  // namespace merlon
