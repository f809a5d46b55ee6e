#pragma once
/// A world for commands under test: streams in memory, a clock that stands still, no environment.
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "env.h"
#include "support/memory_files.h"

namespace merlon::test {

class StandingClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point steady_time;

  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return {}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return steady_time;
  }
};

struct TestWorld {
  std::ostringstream out;
  std::ostringstream err;
  MemoryFiles files;
  StandingClock clock;
  std::map<std::string, std::string, std::less<>> variables;
  cli::Env env{
      .out = out,
      .err = err,
      .read_stdin = [](std::uint64_t) -> Result<std::string> { return std::string(); },
      .files = files,
      .clock = clock,
      .variable = [this](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) {
          return std::nullopt;
        }
        return found->second;
      },
  };
};

}  // namespace merlon::test
