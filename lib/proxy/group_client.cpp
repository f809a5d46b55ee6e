#include "proxy/group_client.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "base/process/unique_fd.h"
#include "base/text.h"
#include "proxy/group_message.h"
#include "proxy/group_places.h"
#include "proxy/group_socket.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;
using GroupTime = std::chrono::steady_clock::time_point;

constexpr milliseconds kFirstWait{5};
constexpr milliseconds kLongestWait{5000};
/// A broker that has been started gets this long before another one is.
constexpr milliseconds kStartAgain{1000};
/// A broker that says nothing for this long, when an answer is due, is lost.
constexpr milliseconds kAnswerTime{2000};

/// A reference has the number of an event as well.
constexpr std::size_t kMostSessionBytes = kMostGroupWordBytes - 32;

/// A reservation that the broker has been told of.
struct SentReservation {
  std::uint64_t number{0};  ///< ours, in the message
  std::uint64_t ticket{0};  ///< the caller's
  GroupLegs legs;
  GroupTime since;
};

std::string word_for_group(std::string_view text) {
  return shorten(text, kMostGroupWordBytes - 4);
}

}  // namespace

class GroupClient::Link {
 public:
  Link(GroupClientOptions options, StartBroker start_broker, const Clock& clock)
      : options_(std::move(options)),
        session_(shorten(options_.session, kMostSessionBytes)),
        start_broker_(std::move(start_broker)),
        clock_(clock) {
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    UniqueFd both(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN;
    if (!timer.open() || !both.open() ||
        ::epoll_ctl(both.get(), EPOLL_CTL_ADD, timer.get(), &event) != 0) {
      why_ = "the system gives no more descriptors";
      return;
    }
    timer_ = std::move(timer);
    both_ = std::move(both);
    next_try_ = clock_.steady();
    on_ready();
  }

  [[nodiscard]] int fd() const { return both_.get(); }
  [[nodiscard]] GroupCondition condition() const { return condition_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] std::uint64_t view() const { return view_; }

  void on_ready() {
    if (!both_.open()) {
      return;
    }
    if (socket_.open()) {
      hear();
    }
    const GroupTime now = clock_.steady();
    if (socket_.open() && now >= answer_due()) {
      lose("the broker does not answer");
    }
    if (!socket_.open() && now >= next_try_) {
      look_for_broker(now);
    }
    arm_timer();
  }

  [[nodiscard]] std::vector<GroupFact> news() const {
    std::vector<GroupFact> out;
    if (condition_ != GroupCondition::kJoined) {
      if (!told_lost_) {
        out.push_back({.server = "", .tool = "", .legs = 0, .lost = true, .reference = ""});
      }
      return out;
    }
    for (std::size_t leg = 0; leg < legs_.size(); ++leg) {
      const auto bit = static_cast<std::uint8_t>(1U << leg);
      const std::optional<GroupWitness>& witness = legs_[leg];
      if (witness && !is_own(*witness) && (told_lost_ || (told_legs_ & bit) == 0)) {
        add_fact(out, *witness, bit);
      }
    }
    if (told_lost_ && out.empty()) {
      // Says that all is known again.
      out.push_back({.server = "", .tool = "", .legs = 0, .lost = false, .reference = ""});
    }
    return out;
  }

  void told(std::span<const GroupFact> facts) {
    if (!facts.empty()) {
      told_lost_ = std::ranges::any_of(facts, &GroupFact::lost);
    }
    for (const GroupFact& fact : facts) {
      told_legs_ = static_cast<std::uint8_t>(told_legs_ | fact.legs);
    }
  }

  [[nodiscard]] bool must_reserve(std::uint8_t legs) const {
    const unsigned known =
        condition_ == GroupCondition::kJoined ? leg_bits(legs_) | leg_bits(own_) : leg_bits(own_);
    return (legs & ~known & kAllLegs) != 0;
  }

  void reserve(const Reservation& wish) {
    if (wish.view != view_) {
      reserved_.push_back({.ticket = wish.ticket, .state = ReservedState::kJudgeAgain});
      return;
    }
    GroupLegs legs = legs_of(wish);
    if (condition_ != GroupCondition::kJoined) {
      // Judged with the worst case. The broker hears of it in the next hello.
      take_legs(own_, legs);
      reserved_.push_back({.ticket = wish.ticket, .state = ReservedState::kGranted});
      return;
    }
    const std::uint64_t number = ++last_number_;
    sent_.push_back(
        {.number = number, .ticket = wish.ticket, .legs = legs, .since = clock_.steady()});
    if (!socket_.send(group_message_json({.word = GroupWord::kReserve,
                                          .ticket = number,
                                          .version = version_,
                                          .legs = std::move(legs)}))) {
      lose("the broker is gone");
    }
    watch_socket();
    arm_timer();
  }

  [[nodiscard]] std::vector<Reserved> take_reserved() { return std::exchange(reserved_, {}); }

 private:
  [[nodiscard]] bool is_own(const GroupWitness& witness) const {
    return witness.reference.starts_with(session_ + "/");
  }

  static void add_fact(std::vector<GroupFact>& facts, const GroupWitness& witness,
                       std::uint8_t bit) {
    for (GroupFact& fact : facts) {
      if (fact.server == witness.server && fact.tool == witness.tool &&
          fact.reference == witness.reference) {
        fact.legs = static_cast<std::uint8_t>(fact.legs | bit);
        return;
      }
    }
    facts.push_back({.server = witness.server,
                     .tool = witness.tool,
                     .legs = bit,
                     .lost = false,
                     .reference = witness.reference});
  }

  static void take_legs(GroupLegs& into, const GroupLegs& legs) {
    for (std::size_t leg = 0; leg < into.size(); ++leg) {
      if (legs[leg] && !into[leg]) {
        into[leg] = legs[leg];
      }
    }
  }

  [[nodiscard]] GroupLegs legs_of(const Reservation& wish) const {
    const auto now =
        std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch()).count();
    const GroupWitness witness{.server = word_for_group(options_.server),
                               .tool = word_for_group(wish.tool),
                               .reference = session_ + "/" + std::to_string(wish.sequence),
                               .time_ms = std::max<std::int64_t>(now, 0)};
    GroupLegs out;
    for (std::size_t leg = 0; leg < out.size(); ++leg) {
      if ((wish.legs & (1U << leg)) != 0) {
        out[leg] = witness;
      }
    }
    return out;
  }

  void hear() {
    std::vector<std::string> lines;
    const bool there = socket_.receive(lines) && socket_.flush();
    for (const std::string& line : lines) {
      const auto message = parse_group_message(line);
      if (!message || !take_message(*message)) {
        lose(message ? why_ : "the broker does not speak as it should");
        return;
      }
    }
    if (!there) {
      lose("the broker is gone");
      return;
    }
    watch_socket();
  }

  /// False when the connection is to end; `why_` says why.
  bool take_message(const GroupMessage& message) {
    switch (message.word) {
      case GroupWord::kState: take_state(message); return true;
      case GroupWord::kGranted:
      case GroupWord::kStale: return take_answer(message);
      case GroupWord::kRefused:
        why_ = "the broker refuses: " + escape_for_display(message.why);
        return false;
      case GroupWord::kHello:
      case GroupWord::kReserve:
      case GroupWord::kShow:
      case GroupWord::kReset:
      case GroupWord::kDone: break;
    }
    why_ = "the broker does not speak as it should";
    return false;
  }

  void take_state(const GroupMessage& message) {
    version_ = message.version;
    legs_ = message.legs;
    condition_ = message.why.empty() ? GroupCondition::kJoined : GroupCondition::kInDoubt;
    why_ = escape_for_display(message.why);
    wait_ = kFirstWait;
    ++view_;
  }

  bool take_answer(const GroupMessage& message) {
    if (sent_.empty() || sent_.front().number != message.ticket) {
      why_ = "the broker does not speak as it should";
      return false;
    }
    const SentReservation sent = std::move(sent_.front());
    sent_.pop_front();
    if (message.word == GroupWord::kGranted) {
      version_ = message.version;
      take_legs(legs_, sent.legs);
      take_legs(own_, sent.legs);
      ++view_;  // what was judged before this is judged on too little
    }
    reserved_.push_back({.ticket = sent.ticket,
                         .state = message.word == GroupWord::kGranted
                                      ? ReservedState::kGranted
                                      : ReservedState::kJudgeAgain});
    return true;
  }

  void lose(std::string why) {
    socket_.close();
    condition_ = GroupCondition::kLost;
    why_ = std::move(why);
    ++view_;
    for (const SentReservation& sent : sent_) {
      // The broker may have granted it: then the group has a leg too many, which is safe.
      reserved_.push_back({.ticket = sent.ticket, .state = ReservedState::kJudgeAgain});
    }
    sent_.clear();
    next_try_ = clock_.steady() + wait_;
    wait_ = std::min(wait_ * 2, kLongestWait);
  }

  void look_for_broker(GroupTime now) {
    auto socket = connect_to_group(options_.state_folder, options_.group);
    if (!socket) {
      std::string why = socket.error().message;
      const bool missing = socket.error().code == ErrorCode::kNotFound;
      if (missing && (!started_ || now - *started_ >= kStartAgain)) {
        started_ = now;
        const Status started = start_broker_ ? start_broker_() : Status();
        why = started ? why : started.error().message;
      }
      why_ = std::move(why);
      next_try_ = now + wait_;
      wait_ = std::min(wait_ * 2, kLongestWait);
      return;
    }
    socket_ = GroupSocket(*std::move(socket));
    hello_at_ = now;
    epoll_event event{};
    event.events = EPOLLIN;
    watched_ = event.events;
    // A broker that has lost its file learns from whoever comes first what was.
    GroupLegs known = own_;
    take_legs(known, legs_);
    const bool greeted = ::epoll_ctl(both_.get(), EPOLL_CTL_ADD, socket_.fd(), &event) == 0 &&
                         socket_.send(group_message_json({.word = GroupWord::kHello,
                                                          .group = options_.group,
                                                          .server = word_for_group(options_.server),
                                                          .session = session_,
                                                          .legs = std::move(known)}));
    if (!greeted) {
      lose("the broker is gone");
    } else {
      watch_socket();
    }
  }

  /// Asks to be woken when unsent bytes can be written.
  void watch_socket() {
    if (!socket_.open()) {
      return;
    }
    epoll_event event{};
    event.events = socket_.has_unsent() ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (event.events != watched_) {
      watched_ = event.events;
      ::epoll_ctl(both_.get(), EPOLL_CTL_MOD, socket_.fd(), &event);
    }
  }

  /// When an answer of the broker is overdue; far away when none is due.
  [[nodiscard]] GroupTime answer_due() const {
    if (condition_ == GroupCondition::kLost) {
      return hello_at_ + kAnswerTime;
    }
    return sent_.empty() ? GroupTime::max() : sent_.front().since + kAnswerTime;
  }

  void arm_timer() {
    const GroupTime next = socket_.open() ? answer_due() : next_try_;
    if (next == armed_ && clock_.steady() < next) {
      return;
    }
    armed_ = next;
    itimerspec when{};
    if (next != GroupTime::max()) {
      const auto rest = std::max(next - clock_.steady(), GroupTime::duration(1));
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest);
      when.it_value.tv_sec = seconds.count();
      when.it_value.tv_nsec = std::chrono::nanoseconds(rest - seconds).count();
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);  // also ends its being readable
  }

  const GroupClientOptions options_;
  const std::string session_;
  const StartBroker start_broker_;
  const Clock& clock_;
  UniqueFd timer_;
  UniqueFd both_;  ///< epoll over the timer and the socket
  GroupSocket socket_;
  std::uint32_t watched_{0};
  std::optional<GroupTime> armed_;
  GroupTime next_try_;
  GroupTime hello_at_;
  milliseconds wait_{kFirstWait};
  std::optional<GroupTime> started_;

  GroupCondition condition_{GroupCondition::kLost};
  std::string why_;
  std::uint64_t view_{1};
  std::uint64_t version_{0};
  GroupLegs legs_;  ///< of the group, as far as we know
  GroupLegs own_;   ///< those that this session has reserved, or taken while the group was lost
  std::uint64_t last_number_{0};
  std::deque<SentReservation> sent_;
  std::vector<Reserved> reserved_;

  // What the session has been told, as its tracker keeps it.
  bool told_lost_{false};
  std::uint8_t told_legs_{0};
};

GroupClient::GroupClient(GroupClientOptions options, StartBroker start_broker, const Clock& clock)
    : link_(std::make_unique<Link>(std::move(options), std::move(start_broker), clock)) {}

GroupClient::~GroupClient() = default;

int GroupClient::fd() const {
  return link_->fd();
}

void GroupClient::on_ready() {
  link_->on_ready();
}

GroupCondition GroupClient::condition() const {
  return link_->condition();
}

std::string GroupClient::why() const {
  return link_->why();
}

std::vector<GroupFact> GroupClient::news() const {
  return link_->news();
}

void GroupClient::told(std::span<const GroupFact> facts) {
  link_->told(facts);
}

std::uint64_t GroupClient::view() const {
  return link_->view();
}

bool GroupClient::must_reserve(std::uint8_t legs) const {
  return link_->must_reserve(legs);
}

void GroupClient::reserve(const Reservation& reservation) {
  link_->reserve(reservation);
}

std::vector<Reserved> GroupClient::take_reserved() {
  return link_->take_reserved();
}

}  // namespace merlon
