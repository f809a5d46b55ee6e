#pragma once
/// How a recording spells values that JSON has no place for. Private to writer and reader.
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "mcp/recording.h"

namespace merlon::recording_text {

/// Any bytes: a string where they are UTF-8, else `{"base64": "..."}`.
void write_text(JsonWriter& json, std::string_view bytes);

/// Members of a header and of a reload: what decides.
void write_engine(JsonWriter& json, const RecordedEngine& engine);
[[nodiscard]] std::string header_line(const RecordingHeader& header);
[[nodiscard]] std::string facts_json(const Facts& facts);
[[nodiscard]] bool has_facts(const Facts& facts);

/// JSON that is parsed where it lies: `json` outlives the document. Bounded by its own size only,
/// since what is recorded was read under limits before.
[[nodiscard]] Result<Document> parse_view(std::string_view json);

/// A message apart: the JSON value itself, and the blanks around it.
struct Blanks {
  std::string_view before;
  std::string_view json;
  std::string_view after;
};
[[nodiscard]] Blanks split_blanks(std::string_view bytes);

}  // namespace merlon::recording_text
