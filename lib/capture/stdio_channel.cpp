#include "capture/stdio_channel.h"

#include <utility>

#include "mcp/line_framer.h"

namespace merlon {
namespace {

constexpr std::size_t kShownErrorLines = 12;

class StdioChannel final : public Channel {
 public:
  StdioChannel(std::unique_ptr<ChildProcess> child, const StdioLimits& limits)
      : child_(std::move(child)),
        framer_(limits.line_bytes),
        total_bytes_(limits.total_bytes),
        grace_(limits.grace) {}

  bool send(std::string_view line) override {
    return child_->queue_input(std::string(line) + "\n");
  }

  Event receive(TimePoint deadline, std::string& line) override {
    for (;;) {
      switch (framer_.next(line)) {
        case LineFramer::Next::kLine:
          if (line.ends_with('\r')) {
            line.pop_back();
          }
          return Event::kLine;
        case LineFramer::Next::kLineTooLong: return Event::kLineTooLong;
        case LineFramer::Next::kNeedMore: break;
      }
      if (received_ > total_bytes_) {
        return Event::kTooMuch;
      }
      std::string bytes;
      const ChildProcess::Event event = child_->wait_output(deadline, bytes);
      // Above the bound nothing is kept: what came before it is given out, then it is told.
      received_ += bytes.size();
      if (received_ <= total_bytes_) {
        framer_.append(bytes);
      }
      if (event == ChildProcess::Event::kDeadline) {
        return Event::kDeadline;
      }
      if (event == ChildProcess::Event::kOutputEnd && bytes.empty()) {
        line = framer_.rest();
        return Event::kEnd;
      }
    }
  }

  Farewell close() override {
    const Ending ending = child_->end(grace_);
    Farewell farewell;
    farewell.error_lines = child_->error_output().last_lines(kShownErrorLines);
    switch (ending.by) {
      case EndedBy::kItself:
        farewell.how = ending.status ? to_string(*ending.status) : "an unknown status";
        break;
      case EndedBy::kInputEnd: break;
      case EndedBy::kSigterm:
        farewell.remarks.emplace_back("it ignored the end of its input");
        break;
      case EndedBy::kSigkill:
        farewell.remarks.emplace_back(
            "it ignored the end of its input and SIGTERM, and was killed");
        break;
    }
    if (ending.outlived > 0) {
      farewell.remarks.push_back(std::to_string(ending.outlived) +
                                 (ending.outlived == 1
                                      ? " process that it started outlived it and was killed"
                                      : " processes that it started outlived it and were killed"));
    }
    if (ending.stubborn) {
      farewell.remarks.emplace_back("not all of its processes could be ended");
    }
    return farewell;
  }

 private:
  std::unique_ptr<ChildProcess> child_;
  LineFramer framer_;
  std::uint64_t total_bytes_;
  std::uint64_t received_{0};
  Grace grace_;
};

class StdioConnector final : public Connector {
 public:
  StdioConnector(Launch launch, StdioLimits limits, const Clock& clock)
      : launch_(std::move(launch)), limits_(limits), clock_(clock) {}

  Result<std::unique_ptr<Channel>> connect() override {
    MERLON_TRY(auto child, ChildProcess::start(launch_, clock_));
    return std::make_unique<StdioChannel>(std::move(child), limits_);
  }

 private:
  Launch launch_;
  StdioLimits limits_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Connector> make_stdio_connector(Launch launch, StdioLimits limits,
                                                const Clock& clock) {
  return std::make_unique<StdioConnector>(std::move(launch), limits, clock);
}

}  // namespace merlon
