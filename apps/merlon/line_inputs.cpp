#include "line_inputs.h"

#include <utility>

#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostLineBytes = 0xFFFFFFF0ULL;

}  // namespace

Checked<std::unique_ptr<LineInputs>> LineInputs::read_all(Env& env) {
  const auto input = env.read_stdin(kMostLineBytes);
  if (!input) {
    return std::unexpected(std::vector<Error>{input.error()});
  }
  std::unique_ptr<LineInputs> out(new LineInputs(env.files));
  std::vector<Error> errors;
  std::uint32_t number = 0;
  for (const std::string_view whole : split(*input, '\n')) {
    ++number;
    const std::string_view line = trim(whole);
    if (line.empty()) {
      continue;
    }
    if (Status taken = out->take(line); !taken) {
      Error error = std::move(taken).error();
      error.where = {.file = "-", .line = number, .column = 1};
      errors.push_back(std::move(error));
    }
  }
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return out;
}

Status LineInputs::take(std::string_view line) {
  if (!line.starts_with('{')) {
    names_.emplace_back(line);
    return {};
  }
  MERLON_TRY(const Document json, parse_json(SourceText::copy_of("-", std::string(line)),
                                             JsonDialect::kStrict, Limits()));
  const auto name = json.find(json.root(), "name", NodeKind::kString);
  const auto text = json.find(json.root(), "text", NodeKind::kString);
  if (!name || !text) {
    return fail(ErrorCode::kFormat, "a line is a path, or an object with `name` and `text`");
  }
  std::string shown = json.text(*name);
  if (!texts_.emplace(shown, SourceText::copy_of(shown, json.text(*text))).second) {
    return fail(ErrorCode::kFormat, "two lines have the name `", shown, "`");
  }
  names_.push_back(std::move(shown));
  return {};
}

Result<std::shared_ptr<const SourceText>> LineInputs::read(std::string_view path,
                                                           std::uint64_t max_bytes) const {
  const auto found = texts_.find(path);
  return found == texts_.end() ? files_.read(path, max_bytes) : found->second;
}

Result<FileKind> LineInputs::kind_of(std::string_view path) const {
  if (texts_.contains(path)) {
    return FileKind::kRegular;
  }
  return files_.kind_of(path);
}

Result<std::string> LineInputs::canonical(std::string_view path) const {
  if (texts_.contains(path)) {
    return std::string(path);
  }
  return files_.canonical(path);
}

}  // namespace merlon::cli
