#include "eval/corpus.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

constexpr std::size_t kFolderDepth = 8;

/// Files below the given paths, in the order of the paths.
class PathCollector {
 public:
  explicit PathCollector(const FileSource& files) : files_(files) {}

  Status collect(const std::string& path, std::size_t depth) {
    MERLON_TRY(const FileKind kind, files_.kind_of(path));
    if (kind != FileKind::kDirectory) {
      found_.push_back(path);
      return {};
    }
    MERLON_TRY(const auto entries, files_.list(path));
    for (const DirectoryEntry& entry : entries) {
      const std::string inner = path + "/" + entry.name;
      if (entry.kind == FileKind::kDirectory && depth < kFolderDepth) {
        MERLON_CHECK(collect(inner, depth + 1));
      } else if (entry.kind == FileKind::kRegular && entry.name.ends_with(".jsonl")) {
        found_.push_back(inner);
      }
    }
    return {};
  }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  const FileSource& files_;
  std::vector<std::string> found_;
};

class CorpusReader {
 public:
  explicit CorpusReader(Corpus& corpus) : corpus_(corpus) {}

  Status read_file(std::size_t file) {
    const Document& document = corpus_.files[file];
    for (const NodeId row : document.elements(document.root())) {
      MERLON_CHECK(read_row({file, row}));
    }
    return {};
  }

 private:
  Status read_row(const CorpusPlace& place) {
    const Document& document = corpus_.document(place);
    const NodeId row = place.node;
    if (const auto tools = document.find(document.find(row, "result"), "tools")) {
      return read_server(place, *tools);
    }
    if (const auto tool = document.find(row, "tool")) {
      PoisonedTool poisoned;
      poisoned.tool = {place.file, *tool};
      poisoned.twin = {place.file, document.find(row, "twin").value_or(kNoNode)};
      poisoned.wrapper = word(place, "wrapper", "plain");
      poisoned.server = word(place, "server", "");
      poisoned.language = word(place, "language", "en");
      poisoned.type = word(place, "type", "");
      corpus_.poisoned.push_back(std::move(poisoned));
      return {};
    }
    if (document.find(row, "payload", NodeKind::kString)) {
      Payload payload;
      payload.text = word(place, "payload", "");
      payload.source = word(place, "source", "");
      payload.type = word(place, "type", "");
      payload.language = word(place, "language", "en");
      payload.place = place;
      corpus_.payloads.push_back(std::move(payload));
      return {};
    }
    return read_text(place);
  }

  Status read_text(const CorpusPlace& place) {
    const Document& document = corpus_.document(place);
    const auto label = document.find(place.node, "label");
    if (!document.find(place.node, "text", NodeKind::kString) || !label) {
      Error error =
          make_error(ErrorCode::kFormat,
                     "a line with neither `result`, `tool`, `payload` nor `text` and `label`");
      error.where = document.locate(place.node);
      return std::unexpected(std::move(error));
    }
    LabelledText text;
    text.place = place;
    text.text = word(place, "text", "");
    text.attack = document.is_true(label) || document.raw(*label) == "1";
    text.category = word(place, "category", "");
    text.language = word(place, "language", "en");
    text.half = half_of(text.text);
    corpus_.texts.push_back(std::move(text));
    return {};
  }

  /// A definition that several servers carry counts once; it belongs to half A if any of them does,
  /// so that half B never holds a tool that was tuned on.
  Status read_server(const CorpusPlace& place, NodeId tools) {
    const Document& document = corpus_.document(place);
    const std::string server = word(place, "server", "");
    for (const NodeId tool : document.elements(tools)) {
      ++corpus_.benign_rows;
      const auto canonical = canonical_json(document, tool);
      std::string key = sha256_hex(canonical ? *canonical : std::string(document.raw(tool)));
      const auto [at, fresh] = seen_.emplace(std::move(key), corpus_.benign.size());
      if (fresh) {
        corpus_.benign.push_back(
            {.place = {place.file, tool}, .server = server, .half = half_of(server)});
      } else if (half_of(server) == CorpusHalf::kA) {
        corpus_.benign[at->second].half = CorpusHalf::kA;
      }
    }
    return {};
  }

  [[nodiscard]] std::string word(const CorpusPlace& place, std::string_view key,
                                 std::string_view fallback) const {
    const Document& document = corpus_.document(place);
    return document.string_or(document.find(place.node, key), fallback);
  }

  Corpus& corpus_;
  std::unordered_map<std::string, std::size_t> seen_;
};

/// The types of a source, ordered by the digest of `source/type`, go to A and B in turn.
void deal_payload_types(Corpus& corpus) {
  std::map<std::string, std::map<std::string, std::string>> types;  // source, digest, type
  for (const Payload& payload : corpus.payloads) {
    types[payload.source][sha256_hex(payload.source + "/" + payload.type)] = payload.type;
  }
  std::map<std::pair<std::string, std::string>, CorpusHalf> halves;
  for (const auto& [source, by_digest] : types) {
    std::size_t number = 0;
    for (const auto& [digest, type] : by_digest) {
      halves[{source, type}] = number++ % 2 == 0 ? CorpusHalf::kA : CorpusHalf::kB;
    }
  }
  for (Payload& payload : corpus.payloads) {
    payload.half = halves[{payload.source, payload.type}];
  }
}

/// The longest payload that stands in a poisoned tool's description gives it its type.
void match_payloads(Corpus& corpus) {
  std::vector<std::pair<std::string, const Payload*>> needles;
  for (const Payload& payload : corpus.payloads) {
    std::string low = to_lower_ascii(trim(payload.text));
    low.erase(low.find_last_not_of(". ") + 1);
    if (!low.empty()) {
      needles.emplace_back(std::move(low), &payload);
    }
  }
  // Of two of one length the first in the corpus.
  std::sort(needles.begin(), needles.end(), [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.second < b.second;
  });
  for (PoisonedTool& poisoned : corpus.poisoned) {
    const Document& document = corpus.document(poisoned.tool);
    const std::string text =
        to_lower_ascii(document.string_or(document.find(poisoned.tool.node, "description"), ""));
    const auto found = std::find_if(needles.begin(), needles.end(), [&](const auto& needle) {
      return text.find(needle.first) != std::string::npos;
    });
    const CorpusHalf server = half_of(poisoned.server);
    if (found != needles.end()) {
      poisoned.type = found->second->type;
      poisoned.half = found->second->half == server ? server : CorpusHalf::kX;
    } else {
      poisoned.half = server;
    }
  }
}

}  // namespace

std::string Corpus::name_of(const CorpusPlace& place) const {
  const Location where = document(place).locate(place.node);
  return where.file + ":" + std::to_string(where.line);
}

CorpusHalf half_of(std::string_view name) {
  return (sha256(name)[0] & 1U) == 0 ? CorpusHalf::kA : CorpusHalf::kB;
}

Result<Corpus> read_corpus(const FileSource& files, const std::vector<std::string>& paths,
                           const Limits& limits) {
  PathCollector collector(files);
  for (const std::string& path : paths) {
    MERLON_CHECK(collector.collect(path, 0));
  }
  Corpus corpus;
  for (const std::string& path : collector.take()) {
    MERLON_TRY(auto source, files.read(path, limits.file_bytes));
    MERLON_TRY(Document document, parse_json_lines(std::move(source), limits));
    corpus.files.push_back(std::move(document));
  }
  CorpusReader reader(corpus);
  for (std::size_t file = 0; file < corpus.files.size(); ++file) {
    MERLON_CHECK(reader.read_file(file));
  }
  deal_payload_types(corpus);
  match_payloads(corpus);
  return corpus;
}

}  // namespace merlon
