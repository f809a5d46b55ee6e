#include <utility>

#include "replay/session_source.h"

namespace merlon {
namespace {

class RecordingSource final : public SessionSource {
 public:
  explicit RecordingSource(RecordingReader reader) : reader_(std::move(reader)) {}

  [[nodiscard]] std::string_view format() const override { return "recording"; }
  [[nodiscard]] std::vector<std::string> cannot_tell() const override { return {}; }
  [[nodiscard]] bool has_decisions() const override { return true; }
  [[nodiscard]] const RecordingHeader& header() const override { return reader_.header(); }
  Result<std::optional<RecordedLine>> next() override { return reader_.next(); }
  [[nodiscard]] std::uint64_t line() const override { return reader_.line(); }
  [[nodiscard]] bool complete() const override { return reader_.complete(); }
  [[nodiscard]] std::optional<Location> cut_off() const override { return reader_.cut_off(); }

 private:
  RecordingReader reader_;
};

}  // namespace

Result<std::unique_ptr<SessionSource>> open_recording(std::shared_ptr<const SourceText> source) {
  MERLON_TRY(RecordingReader reader, RecordingReader::open(std::move(source), {}));
  return std::make_unique<RecordingSource>(std::move(reader));
}

}  // namespace merlon
