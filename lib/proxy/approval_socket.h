#pragma once
/// Where people with another account answer: `FOLDER/SESSION.sock`, FOLDER named by the policy. Who
/// is at the other end says the kernel (SO_PEERCRED). One line of JSON in, one out, and the end:
///
///   {"op":"list"}                        -> {"tickets":[{...}, ...]}
///   {"op":"answer","grant":"<file>"}     -> an outcome (approval/approval_store.h)
///
/// At most kMostPeers at once, each kPatience; nobody is waited for. One thread at a time.
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

class ApprovalSocket {
 public:
  static constexpr std::size_t kMostPeers = 16;
  static constexpr std::chrono::milliseconds kPatience{5000};
  static constexpr std::size_t kMostLine = std::size_t{160} << 10U;

  /// What a peer's line is answered with.
  using Handler = std::function<std::string(std::string_view line, std::uint64_t user)>;

  /// `kIo` when the folder is not there or others can write into it.
  [[nodiscard]] static Result<std::unique_ptr<ApprovalSocket>> open(const std::string& folder,
                                                                    const std::string& session,
                                                                    const Clock& clock);
  ApprovalSocket(const ApprovalSocket&) = delete;
  ApprovalSocket& operator=(const ApprovalSocket&) = delete;
  ~ApprovalSocket();

  [[nodiscard]] const std::string& folder() const { return path_; }
  /// Readable when somebody wants something.
  [[nodiscard]] int fd() const { return ready_.get(); }
  /// Serves whoever can be served now.
  void serve(const Handler& handler);

 private:
  struct Peer {
    UniqueFd fd;
    std::uint64_t user{0};
    std::string line;
    std::chrono::steady_clock::time_point until;
  };

  ApprovalSocket(std::string path, std::string name, const Clock& clock)
      : path_(std::move(path)), name_(std::move(name)), clock_(&clock) {}
  [[nodiscard]] Status listen();
  void accept_all();
  /// True when the peer is done with.
  [[nodiscard]] static bool serve_one(Peer& peer, const Handler& handler);

  std::string path_;
  std::string name_;
  const Clock* clock_;
  UniqueFd folder_;
  UniqueFd listener_;
  UniqueFd ready_;  ///< epoll: the listener and the peers
  std::list<Peer> peers_;
};

/// Asks every proxy that listens in a folder one line; the answers, in the order of the names.
/// Blocks, each for kPatience at most. Sockets of nobody are skipped.
[[nodiscard]] Result<std::vector<std::string>> ask_approval_sockets(const std::string& folder,
                                                                    std::string_view line);

/// Whether a policy's list of users, names or numbers, has this one.
[[nodiscard]] bool names_user(const std::vector<std::string>& users, std::uint64_t user);

}  // namespace merlon
