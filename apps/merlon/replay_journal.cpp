#include "replay_journal.h"

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostJournalBytes = 0xFFFFFFF0ULL;
constexpr std::string_view kDoneLine = R"({"type":"done",)";

std::string journal_header(const std::string& key) {
  JsonWriter json;
  json.begin_object().field("type", "replay-journal").field("format", 1).field("key", key);
  json.end_object();
  return std::move(json).take() + '\n';
}

ReplayAnswer parse_answer(std::string_view word) {
  return word == "yes"  ? ReplayAnswer::kYes
         : word == "no" ? ReplayAnswer::kNo
                        : ReplayAnswer::kIncomplete;
}

}  // namespace

std::string_view word_of(ReplayAnswer answer) {
  switch (answer) {
    case ReplayAnswer::kYes: return "yes";
    case ReplayAnswer::kNo: return "no";
    case ReplayAnswer::kIncomplete: return "incomplete";
  }
  return "incomplete";
}

ReplayJournal::~ReplayJournal() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<std::size_t> ReplayJournal::read(const SourceText& source, const std::string& key) {
  const std::string_view text = source.bytes();
  const std::string header = journal_header(key);
  if (!text.starts_with(header)) {
    Error error = make_error(ErrorCode::kUsage, "`", source.name(),
                             "` was made of other files, policies or options");
    error.hints.emplace_back("give `--resume` another file, or remove this one");
    return std::unexpected(std::move(error));
  }
  std::size_t kept = header.size();
  for (std::size_t at = kept; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) {
      break;
    }
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(kDoneLine)) {
      continue;
    }
    const auto json = parse_json(SourceText::copy_of(source.name(), std::string(line)),
                                 JsonDialect::kStrict, Limits());
    if (!json) {
      break;
    }
    done_.insert_or_assign(json->string_or(json->find(json->root(), "file"), ""),
                           json->string_or(json->find(json->root(), "input"), ""));
    const ReplayAnswer one = parse_answer(json->string_or(json->find(json->root(), "answer"), ""));
    // No beats incomplete.
    if (one == ReplayAnswer::kNo || answer_ == ReplayAnswer::kYes) {
      answer_ = one;
    }
    kept = at;
  }
  return kept;
}

Status ReplayJournal::open_to_append(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor_ < 0) {
    return fail(ErrorCode::kIo, "cannot write `", path, "`");
  }
  sink_ = make_recording_sink(descriptor_, path);
  return {};
}

Result<std::unique_ptr<ReplayJournal>> ReplayJournal::open(const FileSource& files,
                                                           const std::string& path,
                                                           const std::string& key) {
  std::unique_ptr<ReplayJournal> out(new ReplayJournal());
  if (!files.kind_of(path)) {
    MERLON_CHECK(write_new_file(path, journal_header(key), 0600));
  } else {
    MERLON_TRY(const auto source, files.read(path, kMostJournalBytes));
    MERLON_TRY(const std::size_t kept, out->read(*source, key));
    if (kept < source->bytes().size()) {
      MERLON_CHECK(write_file_atomically(path, source->bytes().substr(0, kept), 0600));
    }
  }
  MERLON_CHECK(out->open_to_append(path));
  return out;
}

Status ReplayJournal::append(const Done& done, const std::string& lines) {
  JsonWriter json;
  json.begin_object().field("type", "done").field("file", done.file).field("input", done.input);
  json.field("answer", word_of(done.answer)).end_object();
  return sink_->append(lines + std::move(json).take() + '\n');
}

}  // namespace merlon::cli
