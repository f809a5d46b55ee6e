#include "proxy/group_broker.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

#include "base/text.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;

/// Members, and as many that have not said yet what they want.
constexpr std::size_t kMostGroupPeers = 2 * kMostGroupMembers;
/// While members are there, `used_ms` on disk is at most this old.
constexpr std::int64_t kUsedStepMs = 10LL * 60 * 1000;
constexpr milliseconds kLongestLook{30'000};

}  // namespace

Result<std::unique_ptr<GroupBroker>> GroupBroker::open(GroupBrokerOptions options,
                                                       const Clock& clock) {
  MERLON_CHECK(check_group_name(options.group));
  const std::string& folder = options.places.state_folder;
  MERLON_TRY(GroupLock lock, GroupLock::take(folder, options.group));
  const auto now = std::chrono::duration_cast<milliseconds>(clock.now().time_since_epoch());
  MERLON_TRY(GroupState state, load_group(folder, options.group, now.count()));
  if (options.time_to_live.count() > 0) {
    state.time_to_live_ms = options.time_to_live.count();
  }
  MERLON_TRY(GroupListener listener, listen_for_group(options.places, options.group));
  std::unique_ptr<GroupBroker> broker(new GroupBroker(std::move(options), clock, std::move(lock),
                                                      std::move(listener), std::move(state)));
  // Shows that the group can be kept before anybody relies on it.
  broker->keep();
  if (broker->failed_) {
    return std::unexpected(broker->failure_);
  }
  MERLON_CHECK(broker->lock_.tell_socket_folder(broker->listener_.folder));
  return broker;
}

GroupBroker::GroupBroker(GroupBrokerOptions options, const Clock& clock, GroupLock lock,
                         GroupListener listener, GroupState state)
    : options_(std::move(options)),
      clock_(clock),
      lock_(std::move(lock)),
      listener_(std::move(listener)),
      state_(std::move(state)),
      idle_since_(clock.steady()) {}

GroupBroker::~GroupBroker() {
  // The names are the next broker's when the lock's file is another one by now.
  if (lock_.holds()) {
    (void)lock_.tell_socket_folder("");
    if (can_be_found(listener_, options_.group)) {
      remove_group_socket(listener_.folder, options_.group);
    }
  }
}

std::int64_t GroupBroker::now_ms() const {
  return std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch()).count();
}

Status GroupBroker::run() {
  while (true) {
    switch (turn(kLongestLook)) {
      case Turn::kGoOn: break;
      case Turn::kIdle: return {};
      case Turn::kFailed: return std::unexpected(failure_);
    }
  }
}

milliseconds GroupBroker::until_next_look() const {
  const auto now = clock_.steady();
  milliseconds out = kLongestLook;
  const auto until = [&](std::chrono::steady_clock::time_point since, milliseconds time) {
    const auto rest = std::chrono::ceil<milliseconds>(since + time - now);
    out = std::clamp(rest, milliseconds(0), out);
  };
  if (state_.members.empty()) {
    until(idle_since_, options_.idle_time);
  }
  for (const Peer& peer : peers_) {
    if (!peer.member) {
      until(peer.since, options_.hello_time);
    }
  }
  return out;
}

GroupBroker::Turn GroupBroker::turn(milliseconds most) {
  std::vector<pollfd> polled{{.fd = listener_.socket.get(), .events = POLLIN, .revents = 0}};
  if (peers_.size() >= kMostGroupPeers) {
    polled[0].fd = -1;  // who comes waits in the system's queue
  }
  std::vector<Peer*> heard;
  for (Peer& peer : peers_) {
    const short events = peer.socket.has_unsent() ? POLLIN | POLLOUT : POLLIN;
    polled.push_back({.fd = peer.socket.fd(), .events = events, .revents = 0});
    heard.push_back(&peer);
  }
  const milliseconds wait = std::min(most, until_next_look());
  const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(wait.count()));
  for (std::size_t i = 0; ready > 0 && i < heard.size() && !failed_; ++i) {
    Peer& peer = *heard[i];
    const short events = polled[i + 1].revents;
    if ((events & POLLOUT) != 0) {
      (void)peer.socket.flush();  // who is gone is dropped below
    }
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) {
      hear(peer);
    }
  }
  if (ready > 0 && (polled[0].revents & POLLIN) != 0) {
    accept_peers();
  }
  drop_closed();
  look_around();
  if (failed_) {
    peers_.clear();
    return Turn::kFailed;
  }
  const bool idle = state_.members.empty() && clock_.steady() - idle_since_ >= options_.idle_time;
  return idle ? Turn::kIdle : Turn::kGoOn;
}

void GroupBroker::accept_peers() {
  while (peers_.size() < kMostGroupPeers) {
    UniqueFd fd(::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd.open()) {
      return;
    }
    if (is_same_user(fd.get())) {
      Peer& peer = peers_.emplace_back();
      peer.socket = GroupSocket(std::move(fd));
      peer.since = clock_.steady();
    }
  }
}

void GroupBroker::hear(Peer& peer) {
  std::vector<std::string> lines;
  const bool there = peer.socket.receive(lines);
  for (const std::string& line : lines) {
    if ((there && !peer.socket.open()) || failed_) {
      return;  // refused in the meantime
    }
    const auto message = parse_group_message(line);
    if (!message) {
      refuse(peer, "a line is no message: " + message.error().message);
      return;
    }
    // What a member said before it went counts: it may have touched it.
    answer(peer, *message);
  }
}

void GroupBroker::answer(Peer& peer, const GroupMessage& message) {
  const bool asks = message.word == GroupWord::kHello || message.word == GroupWord::kShow ||
                    message.word == GroupWord::kReset;
  if (asks && message.group != options_.group) {
    refuse(peer, "this is the broker of another group");
    return;
  }
  switch (message.word) {
    case GroupWord::kHello: welcome(peer, message); return;
    case GroupWord::kReserve: reserve(peer, message); return;
    case GroupWord::kShow: {
      GroupMessage state = state_message();
      state.members = state_.members;
      (void)peer.socket.send(group_message_json(state));
      return;
    }
    case GroupWord::kReset: reset(peer); return;
    case GroupWord::kState:
    case GroupWord::kGranted:
    case GroupWord::kStale:
    case GroupWord::kDone:
    case GroupWord::kRefused: break;
  }
  refuse(peer, "only a broker says this");
}

void GroupBroker::welcome(Peer& peer, const GroupMessage& hello) {
  if (peer.member || state_.members.size() >= kMostGroupMembers) {
    refuse(peer, peer.member ? "a member says hello once" : "the group has too many members");
    return;
  }
  peer.member = true;
  peer.who = {.server = hello.server, .session = hello.session};
  const bool changed = add_legs(state_, hello.legs);
  count_members();
  keep();
  if (changed && !failed_) {
    tell_others(peer);
  }
  (void)peer.socket.send(group_message_json(state_message()));
}

void GroupBroker::reserve(Peer& peer, const GroupMessage& wish) {
  if (!peer.member) {
    refuse(peer, "who reserves says hello first");
    return;
  }
  if (!lock_.holds()) {
    failed_ = true;
    failure_ = make_error(ErrorCode::kIo, "the group's lock was replaced: there is another broker");
    return;
  }
  const std::uint64_t before = state_.version;
  if (!reserve_legs(state_, {.base = wish.version, .legs = wish.legs})) {
    (void)peer.socket.send(group_message_json({.word = GroupWord::kStale, .ticket = wish.ticket}));
    return;
  }
  if (state_.version != before) {
    keep();
    if (failed_) {
      return;
    }
    tell_others(peer);
  }
  (void)peer.socket.send(group_message_json(
      {.word = GroupWord::kGranted, .ticket = wish.ticket, .version = state_.version}));
}

void GroupBroker::reset(Peer& peer) {
  if (!state_.members.empty()) {
    std::string names;
    for (const GroupMember& member : state_.members) {
      names += (names.empty() ? "`" : ", `") + member.server + "`";
    }
    refuse(peer, shorten("there are still proxies of the group: " + names, 900));
    return;
  }
  if (const Status gone = forget_group(options_.places.state_folder, options_.group); !gone) {
    refuse(peer, gone.error().message);
    return;
  }
  state_.legs = {};
  state_.doubt.clear();
  ++state_.version;
  keep();
  if (!failed_) {
    (void)peer.socket.send(group_message_json({.word = GroupWord::kDone}));
  }
}

void GroupBroker::refuse(Peer& peer, std::string_view why) {
  (void)peer.socket.send(
      group_message_json({.word = GroupWord::kRefused, .why = shorten(why, 1000)}));
  peer.socket.close();
}

void GroupBroker::tell_others(const Peer& but) {
  const std::string line = group_message_json(state_message());
  for (Peer& peer : peers_) {
    if (!peer.member || &peer == &but) {
      continue;
    }
    if (peer.socket.send(line) && peer.socket.has_unsent()) {
      peer.socket.close();  // it would not know in time: now it knows that it does not
    }
  }
}

/// Everything that is in the state is on disk after this, or the broker has failed.
void GroupBroker::keep() {
  state_.used_ms = now_ms();
  if (!state_.doubt.empty()) {
    return;  // the file that could not be read stays for people to look at
  }
  if (const Status kept = keep_group(options_.places.state_folder, state_); !kept) {
    failed_ = true;
    failure_ = kept.error();
  }
}

void GroupBroker::drop_closed() {
  const std::size_t before = state_.members.size();
  peers_.remove_if([](const Peer& peer) { return !peer.socket.open(); });
  count_members();
  if (state_.members.size() < before) {
    idle_since_ = clock_.steady();
    keep();
  }
}

void GroupBroker::count_members() {
  state_.members.clear();
  for (const Peer& peer : peers_) {
    if (peer.member && peer.socket.open()) {
      state_.members.push_back(peer.who);
    }
  }
}

/// What time brings.
void GroupBroker::look_around() {
  const auto now = clock_.steady();
  for (Peer& peer : peers_) {
    if (!peer.member && now - peer.since >= options_.hello_time) {
      peer.socket.close();
    }
  }
  peers_.remove_if([](const Peer& peer) { return !peer.socket.open(); });
  if (!state_.members.empty() && now_ms() - state_.used_ms >= kUsedStepMs) {
    keep();
  }
  if (!failed_ && !lock_.holds()) {
    failed_ = true;
    failure_ = make_error(ErrorCode::kIo, "the group's lock was replaced: there is another broker");
  } else if (!failed_ && !can_be_found(listener_, options_.group)) {
    // Proxies to come would wait for it for ever; those that are there find the next one.
    failed_ = true;
    failure_ = make_error(ErrorCode::kIo, "the group's socket in `", listener_.folder, "` is gone");
  }
}

GroupMessage GroupBroker::state_message() const {
  return {.word = GroupWord::kState,
          .version = state_.version,
          .legs = state_.legs,
          .why = state_.doubt};
}

}  // namespace merlon
