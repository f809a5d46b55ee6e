#pragma once
/// What was done in recorded sessions: the start of a policy that allows just that.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/limits.h"
#include "model/manifest.h"
#include "policy/policy_scaffold.h"
#include "replay/session_source.h"

namespace merlon {

/// Tools that were called, how often within a minute, and the definitions that servers gave.
class SeenUseCollector {
 public:
  explicit SeenUseCollector(Limits limits) : limits_(limits) {}

  /// Reads a session to its end. Lines that cannot be read are answered with, the rest is used.
  [[nodiscard]] std::vector<Error> read(SessionSource& source);

  [[nodiscard]] const SeenUse& use() const { return use_; }
  [[nodiscard]] const std::vector<Manifest>& manifests() const { return manifests_; }

 private:
  void take(const Message& message, std::int64_t time_ms, const std::string& server);
  void count(const std::string& tool, std::int64_t time_ms);

  Limits limits_;
  SeenUse use_;
  std::map<std::string, std::vector<std::int64_t>> minute_;  ///< calls of the last minute, by tool
  std::vector<Manifest> manifests_;
};

}  // namespace merlon
