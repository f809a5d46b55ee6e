#pragma once
/// A session under a policy, with its recording: messages in, the recording's bytes out.
///
///   MadeRecording made(R"(format = 1 ...)");
///   made.offer(R"([{"name":"read_file","inputSchema":{"type":"object"}}])");
///   made.call("read_file", R"({"path":"a"})");
///   made.answer(R"({"content":[]})");
///   const std::string bytes = made.end();
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mcp/recording_writer.h"
#include "policy/interceptor.h"

namespace merlon::test {

class MadeRecording {
 public:
  /// `policy` must load and compile.
  explicit MadeRecording(std::string_view policy, RecordingOptions options = {.full = true});

  /// One line, whatever it is.
  void send(Direction direction, std::string bytes);
  /// A tools/list and its result with these tools.
  void offer(std::string_view tools_json);
  void call(std::string_view tool, std::string_view arguments_json = "{}");
  /// The result of the last call.
  void answer(std::string_view result_json = R"({"content":[]})");
  /// The whole recording.
  std::string end();
  /// As it is without its end.
  [[nodiscard]] const std::string& bytes() const { return *bytes_; }

  std::int64_t now_ms{1'800'000'000'000};

 private:
  std::unique_ptr<std::string> bytes_{std::make_unique<std::string>()};
  RecordingWriter writer_;
  std::unique_ptr<Interceptor> interceptor_;
  std::uint64_t next_id_{1};
};

}  // namespace merlon::test
