#pragma once
/// Where a running proxy can be asked how it is: `RUN/merlon/proxy-PID.sock` (RUN as in
/// group_places.h). Who connects gets one JSON object and the end; nothing is read from them.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/process/environment.h"
#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

class StatusSocket {
 public:
  /// `kIo` when there is no place for it.
  [[nodiscard]] static Result<std::unique_ptr<StatusSocket>> open(const VariableLookup& variable);
  StatusSocket(const StatusSocket&) = delete;
  StatusSocket& operator=(const StatusSocket&) = delete;
  /// Removes it.
  ~StatusSocket();

  /// Readable when somebody asks.
  [[nodiscard]] int fd() const { return listener_.get(); }
  /// Answers everybody who asks. Only the same user is answered; nobody is waited for.
  void answer(const std::function<std::string()>& say) const;

 private:
  StatusSocket(UniqueFd folder, UniqueFd listener, std::string name);

  UniqueFd folder_;
  UniqueFd listener_;
  std::string name_;
};

/// What one proxy said, or why it said nothing.
struct ProxyStatus {
  std::string socket;  ///< name of the socket
  Result<std::string> json;
};

/// Asks all proxies of this user, in the order of their sockets' names. Sockets of proxies that are
/// gone are removed.
[[nodiscard]] Result<std::vector<ProxyStatus>> ask_all_proxies(const VariableLookup& variable);

}  // namespace merlon
