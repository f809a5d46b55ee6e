#pragma once
/// The broker of one group: a process of its own that all proxies of the group are connected to.
///
///   MERLON_TRY(auto broker, GroupBroker::open(options));
///   MERLON_CHECK(broker->run());
///
/// What it promises to its members (docs/spec/group.md has the messages):
///
/// - A reservation is granted on the newest version of the group only. Before it is granted it is
///   on disk, and the news of it is in the socket of every other member.
/// - A member that does not read its news is disconnected, and so knows that it is lost, before
///   anybody is granted what that member would have had to hear.
/// - When something cannot be kept on disk, or the lock's file or the socket was replaced, the
///   broker ends: all members are lost, which is the worst case and not silence.
///
/// Peers of another user are closed without a word. A line that is no message, or too long, ends
/// its connection and nothing else. Connections, line length, unsent bytes and the time until a
/// connection says what it wants are bounded.
///
/// One thread; no signals are handled: to kill it is no loss, what counts is on disk and in the
/// members, who say it again when they come back.
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "proxy/group_message.h"
#include "proxy/group_places.h"
#include "proxy/group_socket.h"
#include "proxy/group_state.h"

namespace merlon {

struct GroupBrokerOptions {
  GroupPlaces places;
  std::string group;
  std::chrono::milliseconds idle_time{60'000};  ///< without a member, then it ends
  std::chrono::milliseconds hello_time{2'000};  ///< a connection that says nothing is closed
  /// Of a group that nobody uses; 0: what the group has.
  std::chrono::milliseconds time_to_live{0};
};

class GroupBroker {
 public:
  /// `kUsage` when the group has a broker already, which is no failure for who only wanted one to
  /// be there. `clock` must outlive the broker.
  [[nodiscard]] static Result<std::unique_ptr<GroupBroker>> open(
      GroupBrokerOptions options, const Clock& clock = system_clock());
  GroupBroker(const GroupBroker&) = delete;
  GroupBroker& operator=(const GroupBroker&) = delete;
  /// Members are disconnected; the socket's name goes.
  ~GroupBroker();

  /// Serves until nobody has been there for `idle_time`; an Error when the group cannot be kept.
  [[nodiscard]] Status run();

  enum class Turn : std::uint8_t { kGoOn, kIdle, kFailed };
  /// Waits at most this long for something to do, and does it.
  Turn turn(std::chrono::milliseconds most);
  /// Of kFailed.
  [[nodiscard]] const Error& failure() const { return failure_; }
  [[nodiscard]] const GroupState& state() const { return state_; }

 private:
  struct Peer {
    GroupSocket socket;
    std::chrono::steady_clock::time_point since;
    bool member{false};
    GroupMember who;
  };

  GroupBroker(GroupBrokerOptions options, const Clock& clock, GroupLock lock,
              GroupListener listener, GroupState state);
  void accept_peers();
  void hear(Peer& peer);
  void answer(Peer& peer, const GroupMessage& message);
  void welcome(Peer& peer, const GroupMessage& hello);
  void reserve(Peer& peer, const GroupMessage& wish);
  void reset(Peer& peer);
  void refuse(Peer& peer, std::string_view why);
  void tell_others(const Peer& but);
  void keep();
  void drop_closed();
  void look_around();
  void count_members();
  [[nodiscard]] GroupMessage state_message() const;
  [[nodiscard]] std::int64_t now_ms() const;
  [[nodiscard]] std::chrono::milliseconds until_next_look() const;

  GroupBrokerOptions options_;
  const Clock& clock_;
  GroupLock lock_;
  GroupListener listener_;
  GroupState state_;
  std::list<Peer> peers_;
  std::chrono::steady_clock::time_point idle_since_;
  bool failed_{false};
  Error failure_;
};

}  // namespace merlon
