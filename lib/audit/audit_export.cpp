#include "audit/audit_export.h"

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "proof/checkpoint.h"

namespace merlon {
namespace {

std::unexpected<Error> no_export(std::uint64_t line, std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no exported audit log: line ", std::to_string(line), " ",
              why);
}

}  // namespace

std::string export_line(std::uint64_t seq, std::string_view record) {
  std::string out = "{\"seq\":" + std::to_string(seq) + ",\"leaf\":\"";
  out += hash_text(merkle_leaf(record)) + "\",\"record\":";
  append_json_string(out, record);
  return out + "}";
}

std::string export_checkpoint(std::string_view note) {
  std::string out = "{\"checkpoint\":";
  append_json_string(out, note);
  return out + "}";
}

Result<ExportedLog> parse_audit_export(std::string_view text) {
  ExportedLog log;
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    MERLON_TRY(const Document entry,
               parse_json(SourceText::copy_of("export", line), JsonDialect::kStrict, Limits{}));
    if (const auto note = entry.find(entry.root(), "checkpoint", NodeKind::kString)) {
      log.checkpoint_ = entry.text(*note);
      continue;
    }
    const auto record = entry.find(entry.root(), "record", NodeKind::kString);
    const auto seq = entry.find(entry.root(), "seq", NodeKind::kNumber);
    const auto index = seq ? parse_unsigned(entry.raw(*seq)) : std::nullopt;
    if (!record || !index) {
      return no_export(number, "has no record");
    }
    const std::string bytes = entry.text(*record);
    const std::string leaf = entry.string_or(entry.find(entry.root(), "leaf"), "");
    if (leaf != hash_text(merkle_leaf(bytes)) || bytes.find('\n') != std::string::npos) {
      return no_export(number, "has a leaf that is not its record's");
    }
    if (log.lines_.empty()) {
      log.first_ = *index;
    }
    log.lines_ += bytes + "\n";
  }
  if (log.lines_.empty()) {
    return no_export(number, "is not there: no record at all");
  }
  return log;
}

AuditLogView ExportedLog::view() const {
  AuditLogView view{.checkpoint = checkpoint_};
  view.segments.push_back({.name = "export", .first = first_, .bytes = lines_});
  view.file = [](const std::string&) { return std::optional<std::string>(); };
  return view;
}

}  // namespace merlon
