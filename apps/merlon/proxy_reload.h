#pragma once
/// What decides for a running proxy, read again: taken when it only tightens, or when who asks for
/// more is more than this user.
#include <string>
#include <vector>

#include "env.h"
#include "proxy/proxy_loop.h"
#include "proxy_engine.h"

namespace merlon::cli {

class ProxyReload {
 public:
  /// `current` is in force.
  ProxyReload(Env& env, ProxyEngineChoice choice, ReloadedPolicy current)
      : env_(env), choice_(std::move(choice)), current_(std::move(current)) {}

  [[nodiscard]] ReloadOutcome read_again();
  /// What can change it: files of the policy, of the system's minimum and of the pins, and what
  /// says which policy a name is.
  [[nodiscard]] std::vector<std::string> files() const;

 private:
  /// Why the new one is not taken; empty: it is.
  [[nodiscard]] std::string objection(const ReloadedPolicy& fresh) const;
  [[nodiscard]] std::string pins_objection(const ReloadedPolicy& fresh) const;
  [[nodiscard]] bool may_loosen(const ReloadedPolicy& fresh) const;

  Env& env_;
  ProxyEngineChoice choice_;
  ReloadedPolicy current_;
};

}  // namespace merlon::cli
