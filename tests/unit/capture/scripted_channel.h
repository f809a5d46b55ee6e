#pragma once
/// A server that is a function, and a clock that moves only when somebody waits in vain.
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "capture/channel.h"

namespace merlon::test {

class WaitingClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return {}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return at; }
  std::chrono::steady_clock::time_point at{std::chrono::hours(1)};
};

/// One request of the client to the lines that the server sends; notifications do not get here.
using Script = std::function<std::vector<std::string>(const std::string& line)>;

/// What happened to one server.
struct Record {
  std::vector<std::string> received;
  bool closed{false};
};

class ScriptedChannel final : public Channel {
 public:
  ScriptedChannel(WaitingClock& clock, Script script, std::shared_ptr<Record> record)
      : clock_(clock), script_(std::move(script)), record_(std::move(record)) {}

  bool send(std::string_view line) override {
    record_->received.emplace_back(line);
    if (line.find("\"id\":") == std::string_view::npos) {
      return true;
    }
    for (std::string& answer : script_(record_->received.back())) {
      lines_.push_back(std::move(answer));
    }
    return true;
  }

  /// The line `<end>` ends the output.
  Event receive(TimePoint deadline, std::string& line) override {
    if (lines_.empty()) {
      clock_.at = deadline;
      return Event::kDeadline;
    }
    line = std::exchange(lines_.front(), {});
    lines_.pop_front();
    if (line == "<end>") {
      line.clear();
      return Event::kEnd;
    }
    return Event::kLine;
  }

  Farewell close() override {
    record_->closed = true;
    return {};
  }

 private:
  WaitingClock& clock_;
  Script script_;
  std::shared_ptr<Record> record_;
  std::deque<std::string> lines_;
};

/// The same script for each process; remembers them all.
class ScriptedConnector final : public Connector {
 public:
  ScriptedConnector(WaitingClock& clock, Script script)
      : clock_(clock), script_(std::move(script)) {}

  Result<std::unique_ptr<Channel>> connect() override {
    records.push_back(std::make_shared<Record>());
    return std::make_unique<ScriptedChannel>(clock_, script_, records.back());
  }

  std::vector<std::shared_ptr<Record>> records;

 private:
  WaitingClock& clock_;
  Script script_;
};

/// `id` of a request, as it stands in the line.
inline std::string id_of(const std::string& line) {
  const std::size_t begin = line.find("\"id\":") + 5;
  return line.substr(begin, line.find(',', begin) - begin);
}
inline bool asks(const std::string& line, const std::string& method) {
  return line.find("\"method\":\"" + method + "\"") != std::string::npos;
}
inline std::string result(const std::string& line, const std::string& json) {
  return R"({"jsonrpc":"2.0","id":)" + id_of(line) + R"(,"result":)" + json + "}";
}
inline std::string error(const std::string& line, const std::string& code) {
  return R"({"jsonrpc":"2.0","id":)" + id_of(line) + R"(,"error":{"code":)" + code +
         R"(,"message":"no"}})";
}

}  // namespace merlon::test
