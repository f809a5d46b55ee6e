#pragma once
/// The results of a long replay, written as they come, so that a run that was interrupted goes on
/// where it stopped. docs/spec/replay.md#many-files
///
///   {"type":"replay-journal","format":1,"key":"..."}     what is replayed, and how
///   {"file":"a.jsonl",...}                               a session
///   {"type":"done","file":"a.jsonl","input":"...","answer":"yes"}   all sessions of this file
///   stand
///                                                        above; what it was, as a digest
#include <map>
#include <memory>
#include <string>

#include "base/files.h"
#include "mcp/recording_sink.h"
#include "replay/replay_summary.h"

namespace merlon::cli {

[[nodiscard]] std::string_view word_of(ReplayAnswer answer);

class ReplayJournal {
 public:
  /// A new file, or one that a run with the same key began: what stands behind its last whole file
  /// is cut off. `kUsage` when it is of another run, or no journal.
  [[nodiscard]] static Result<std::unique_ptr<ReplayJournal>> open(const FileSource& files,
                                                                   const std::string& path,
                                                                   const std::string& key);
  ReplayJournal(const ReplayJournal&) = delete;
  ReplayJournal& operator=(const ReplayJournal&) = delete;
  ~ReplayJournal();

  [[nodiscard]] bool has(const std::string& file) const { return done_.contains(file); }
  [[nodiscard]] std::size_t files() const { return done_.size(); }
  /// Digests of the files that were there already, as they were read then.
  [[nodiscard]] const std::map<std::string, std::string>& inputs() const { return done_; }
  /// Of the files that were there already.
  [[nodiscard]] ReplayAnswer answer() const { return answer_; }
  struct Done {
    const std::string& file;
    const std::string& input;  ///< SessionReplay::input_digest
    ReplayAnswer answer{ReplayAnswer::kYes};
  };
  /// `lines`: the sessions of a file. One write.
  [[nodiscard]] Status append(const Done& done, const std::string& lines);

 private:
  ReplayJournal() = default;
  /// The bytes that are kept.
  [[nodiscard]] Result<std::size_t> read(const SourceText& source, const std::string& key);
  [[nodiscard]] Status open_to_append(const std::string& path);

  int descriptor_{-1};
  std::unique_ptr<RecordingSink> sink_;
  std::map<std::string, std::string> done_;
  ReplayAnswer answer_{ReplayAnswer::kYes};
};

}  // namespace merlon::cli
