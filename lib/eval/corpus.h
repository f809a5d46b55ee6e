#pragma once
/// Labelled corpora: JSON lines in four shapes (docs/spec/corpora.md), told apart by their keys.
///
///   {"server": "...", "result": {"tools": [...]}}                      presumed benign tools
///   {"label": 1, "wrapper": "...", "server": "...", "tool": {...}, "twin": {...}}   poisoned, and
///   untouched
///   {"payload": "...", "source": "...", "type": "..."}                 an attacker's instruction
///   {"text": "...", "label": 0, "category": "...", "language": "..."}  a text without a tool
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"

namespace merlon {

/// Half of a corpus: A is what detectors may be tuned on, B what they are judged by; X has parts of
/// both.
enum class CorpusHalf : std::uint8_t { kA, kB, kX };

/// A value inside one of the corpus's files.
struct CorpusPlace {
  std::size_t file{0};  ///< of Corpus::files
  NodeId node{kNoNode};
};

struct BenignTool {
  CorpusPlace place;
  std::string server;
  CorpusHalf half{CorpusHalf::kA};
};

struct Payload {
  std::string text;
  std::string source;
  std::string type;
  std::string language;
  CorpusPlace place;
  CorpusHalf half{CorpusHalf::kA};
};

struct PoisonedTool {
  CorpusPlace tool;
  CorpusPlace twin;
  std::string wrapper;
  std::string server;
  std::string type;  ///< of the payload that it holds; empty when none is known
  std::string language;
  CorpusHalf half{CorpusHalf::kX};
};

struct LabelledText {
  CorpusPlace place;
  std::string text;
  bool attack{false};
  std::string category;
  std::string language;
  CorpusHalf half{CorpusHalf::kA};
};

struct Corpus {
  std::vector<Document> files;
  std::vector<BenignTool> benign;  ///< each definition once, in the order of the files
  std::uint64_t benign_rows{0};    ///< definitions before that
  std::vector<Payload> payloads;
  std::vector<PoisonedTool> poisoned;
  std::vector<LabelledText> texts;

  [[nodiscard]] const Document& document(const CorpusPlace& place) const {
    return files[place.file];
  }
  /// `file:line` of a value, for a person who has the corpus.
  [[nodiscard]] std::string name_of(const CorpusPlace& place) const;
};

/// Reads files; folders with all their `*.jsonl`, sorted by name. Errors: a file that cannot be
/// read or is no JSON lines, a line of none of the shapes (`kFormat` with the place).
[[nodiscard]] Result<Corpus> read_corpus(const FileSource& files,
                                         const std::vector<std::string>& paths,
                                         const Limits& limits);

/// The half that a name belongs to, by the first byte of its SHA-256.
[[nodiscard]] CorpusHalf half_of(std::string_view name);

}  // namespace merlon
