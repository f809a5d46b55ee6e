#pragma once
/// A group's broker and its members in one process, taking turns as a test says.
#include <filesystem>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "proxy/group_broker.h"
#include "proxy/group_client.h"
#include "support/temporary_folder.h"

namespace merlon::test {

/// Moves when it is told to.
class GroupClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)) + passed_;
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + passed_;
  }
  void move(std::chrono::milliseconds by) { passed_ += by; }

 private:
  std::chrono::milliseconds passed_{0};
};

struct GroupTestWorld {
  TemporaryFolder root;
  GroupClock clock;
  GroupPlaces places{.state_folder = root.path("state/merlon"), .runtime_folder = root.path("run")};
  std::unique_ptr<GroupBroker> broker;
  int starts{0};  ///< how often a client wanted a broker

  GroupTestWorld() { std::filesystem::create_directories(places.runtime_folder); }

  [[nodiscard]] GroupBrokerOptions broker_options() const {
    return {.places = places, .group = "work"};
  }
  void start_broker() {
    auto opened = GroupBroker::open(broker_options(), clock);
    REQUIRE(opened);
    broker = *std::move(opened);
  }
  /// Clients that find no broker start one here, or none.
  [[nodiscard]] std::unique_ptr<GroupClient> client(const std::string& server,
                                                    bool starts_one = false) {
    return std::make_unique<GroupClient>(
        GroupClientOptions{.group = "work",
                           .server = server,
                           .session = server + "-session",
                           .state_folder = places.state_folder},
        [this, starts_one]() -> Status {
          ++starts;
          if (starts_one && broker == nullptr) {
            auto opened = GroupBroker::open(broker_options(), clock);
            if (!opened) {
              return std::unexpected(opened.error());
            }
            broker = *std::move(opened);
          }
          return {};
        },
        clock);
  }
  /// The broker does all that it can do now.
  void serve() const {
    for (int i = 0; i < 4; ++i) {
      REQUIRE(broker->turn(std::chrono::milliseconds(0)) == GroupBroker::Turn::kGoOn);
    }
  }
  /// A client that has joined.
  [[nodiscard]] std::unique_ptr<GroupClient> member(const std::string& server) {
    auto out = client(server);
    serve();
    out->on_ready();
    REQUIRE(out->condition() == GroupCondition::kJoined);
    return out;
  }
};

/// Reserves on the client's view of now.
inline void wish_for(GroupClient& client, std::uint64_t ticket, std::uint8_t legs,
                     const std::string& tool = "tool") {
  client.reserve(
      {.ticket = ticket, .view = client.view(), .legs = legs, .tool = tool, .sequence = ticket});
}

}  // namespace merlon::test
