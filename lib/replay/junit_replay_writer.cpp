#include <string>
#include <utility>

#include "base/text.h"
#include "base/xml_text.h"
#include "replay/replay_writer.h"

namespace merlon {
namespace {

std::string change_words(const ReplayedMessage& message, RulingChange change) {
  return "#" + std::to_string(message.sequence) + " " + shorten(message.tool, 120) + " newly " +
         std::string(to_string(change));
}

/// What is wrong with a session; empty: nothing.
std::string failure_words(const SessionReplay& session, const ReplayDemands& demands) {
  std::vector<std::string> words;
  if (session.reproduction.different > 0) {
    words.push_back("not reproducible: " + std::to_string(session.reproduction.different) + " of " +
                    counted(session.reproduction.compared(), "decision"));
  }
  for (const ExpectationFailure& failure : session.expectations.failures) {
    words.push_back("#" + std::to_string(failure.sequence) + " " + failure.text);
  }
  if (demands.no_change) {
    for (const ReplayedMessage& message : session.shown) {
      if (message.change) {
        words.push_back(change_words(message, *message.change));
      }
    }
    if (session.changes.total() > 0 && words.empty()) {
      words.push_back(counted(session.changes.total(), "change"));
    }
  }
  return join(words, "; ");
}

/// Counts come before the cases, so the cases are kept: as text.
class JunitReplayWriter final : public ReplayWriter {
 public:
  explicit JunitReplayWriter(const ReplayDemands& demands) : demands_(demands) {}

  std::string begin() override { return {}; }

  std::string session(const SessionReplay& session) override {
    ++cases_;
    body_ += "    <testcase classname=\"replay\" name=\"" + xml_text(session.file);
    if (!session.session.empty()) {
      body_ += " " + xml_text(session.session);
    }
    body_ += "\"";
    const std::string failure = failure_words(session, demands_);
    if (!failure.empty()) {
      ++failures_;
      body_ += "><failure message=\"" + xml_text(failure) + "\"/></testcase>\n";
    } else if (session.incomplete()) {
      ++errors_;
      const std::string why =
          session.errors.empty() ? "something could not be told" : session.errors.front().message;
      body_ += "><error message=\"" + xml_text(why) + "\"/></testcase>\n";
    } else {
      body_ += "/>\n";
    }
    return {};
  }

  std::string end(const ReplaySummary& /*summary*/) override {
    const std::string counts = " tests=\"" + std::to_string(cases_) + "\" failures=\"" +
                               std::to_string(failures_) + "\" errors=\"" +
                               std::to_string(errors_) + "\" skipped=\"0\">\n";
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"merlon\"" + counts +
           "  <testsuite name=\"replay\"" + counts + body_ + "  </testsuite>\n</testsuites>\n";
  }

 private:
  ReplayDemands demands_;
  std::string body_;
  std::uint64_t cases_{0};
  std::uint64_t failures_{0};
  std::uint64_t errors_{0};
};

}  // namespace

std::unique_ptr<ReplayWriter> make_junit_replay_writer(const ReplayDemands& demands) {
  return std::make_unique<JunitReplayWriter>(demands);
}

}  // namespace merlon
