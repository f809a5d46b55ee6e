#pragma once
/// Sessions made of nothing but calls of tools and their answers: what transcripts of agents hold.
/// One session for each server, as a proxy would see it.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/importer.h"

namespace merlon {

/// Where and when something stands in a transcript.
struct TranscriptPlace {
  std::uint64_t line{0};
  std::uint64_t offset{0};
  std::int64_t time_ms{0};
};

class CallSessions {
 public:
  /// `others`: the server's name of tools that belong to none.
  explicit CallSessions(std::string others) : others_(std::move(others)) {}

  /// A session of its own begins with the next call. For files of several conversations.
  void begin(std::string name);
  /// `full_name` as agents spell it: `mcp__server__tool`, `server__tool`, `tool`. `arguments` is a
  /// JSON object.
  void call(const TranscriptPlace& place, std::string_view id, std::string_view full_name,
            std::string_view arguments);
  /// The answer to a call, as text. Of an unknown id: an error.
  [[nodiscard]] Status answer(const TranscriptPlace& place, const std::string& id,
                              std::string_view text, bool failed);
  [[nodiscard]] std::vector<ImportedSession> take() { return std::move(sessions_); }

 private:
  std::string others_;
  std::string name_;
  std::map<std::string, std::size_t> by_server_;  ///< of this conversation
  std::map<std::string, std::size_t> open_;       ///< session of a call, by its id
  std::vector<ImportedSession> sessions_;
};

/// The text of an answer's content: a string, or blocks of which those of text are taken.
[[nodiscard]] std::string text_of_content(const Document& json, std::optional<NodeId> content);

}  // namespace merlon
