#include "capture/snapshot.h"

#include <utility>

#include "base/document.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/process/launch_digest.h"
#include "base/source_text.h"

namespace merlon {
namespace {

constexpr std::uint32_t kSnapshotVersion = 1;

void write_strings(JsonWriter& w, std::string_view key, std::span<const std::string> values) {
  w.key(key).begin_array();
  for (const std::string& value : values) {
    w.string(value);
  }
  w.end_array();
}

void write_launch(JsonWriter& w, const Snapshot& snapshot) {
  const std::span<const std::string> words(snapshot.words);
  w.key("launch").begin_object();
  if (!snapshot.configured_name.empty()) {
    w.field("configured_name", snapshot.configured_name);
  }
  w.field("command", words.empty() ? std::string_view{} : std::string_view(words.front()));
  write_strings(w, "args", words.empty() ? words : words.subspan(1));
  write_strings(w, "env", snapshot.environment);
  w.field("digest", launch_digest(words));
  w.end_object();
}

void write_era(JsonWriter& w, const EraSurface& surface) {
  w.begin_object();
  w.field("era", to_string(surface.era));
  w.field("protocol_version", surface.protocol_version);
  if (!surface.server_info.empty()) {
    w.key("server_info").raw(surface.server_info);
  }
  w.key("capabilities").raw(surface.capabilities);
  if (!surface.instructions.empty()) {
    w.key("instructions").raw(surface.instructions);
  }
  for (const ListInfo& list : list_infos()) {
    w.key(list.name).begin_array();
    for (const Definition& definition : surface.list(list.kind)) {
      w.raw(definition.raw);
    }
    w.end_array();
  }
  w.end_object();
}

void write_difference(JsonWriter& w, const SurfaceDifference& difference) {
  const bool changed = difference.kind == SurfaceDifference::Kind::kChanged;
  w.begin_object();
  w.field("kind", changed ? "changed" : "only-in");
  w.field("list", difference.list);
  w.field("name", difference.name);
  if (!changed) {
    w.field("era", to_string(difference.era));
  }
  if (changed && !difference.members.empty()) {
    write_strings(w, "members", difference.members);
  }
  w.end_object();
}

void write_note(JsonWriter& w, const CaptureNote& note) {
  w.begin_object();
  if (note.era) {
    w.field("era", to_string(*note.era));
  }
  w.field("message", note.message);
  w.field("incomplete", note.incomplete);
  w.end_object();
}

}  // namespace

ServerIdentity identity_of(const std::vector<EraSurface>& eras, const Limits& limits) {
  for (const EraSurface& surface : eras) {
    if (surface.server_info.empty()) {
      continue;
    }
    const auto info =
        parse_json(SourceText::copy_of("", surface.server_info), JsonDialect::kStrict, limits);
    if (!info) {
      continue;
    }
    return {.name = info->string_or(info->find(info->root(), "name"), ""),
            .version = info->string_or(info->find(info->root(), "version"), "")};
  }
  return {};
}

std::string write_snapshot(const Snapshot& snapshot, const Limits& limits) {
  const ServerIdentity server = identity_of(snapshot.eras, limits);
  JsonWriter w(JsonStyle::kPretty);
  w.begin_object();
  w.field("merlon_snapshot", kSnapshotVersion);
  w.field("complete", snapshot.complete);
  if (!snapshot.captured_at.empty()) {
    w.field("captured_at", snapshot.captured_at);
  }
  w.key("server")
      .begin_object()
      .field("name", server.name)
      .field("version", server.version)
      .end_object();
  write_launch(w, snapshot);
  w.key("eras").begin_array();
  for (const EraSurface& surface : snapshot.eras) {
    write_era(w, surface);
  }
  w.end_array();
  w.key("differences").begin_array();
  for (const SurfaceDifference& difference : snapshot.differences) {
    write_difference(w, difference);
  }
  w.end_array();
  w.key("notes").begin_array();
  for (const CaptureNote& note : snapshot.notes) {
    write_note(w, note);
  }
  w.end_array();
  w.end_object();
  return std::move(w).take() + "\n";
}

}  // namespace merlon
