#include "mcp/recording_text.h"

#include <memory>
#include <utility>

#include "base/base64.h"
#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon::recording_text {
namespace {

constexpr std::string_view kJsonBlanks = " \t\r\n";

template <class Enum>
std::string_view word_of(std::span<const std::string_view> words, Enum value) {
  return words[static_cast<std::size_t>(value)];
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) {
    write_text(json, text);
  }
  json.end_array();
}

void write_files(JsonWriter& json, std::string_view key, const std::vector<RecordedFile>& files) {
  json.key(key).begin_array();
  for (const RecordedFile& file : files) {
    json.begin_object().key("name");
    write_text(json, file.name);
    json.key("text");
    write_text(json, file.text);
    if (!file.aliases.empty()) {
      write_texts(json, "aliases", file.aliases);
    }
    json.end_object();
  }
  json.end_array();
}

void write_answers(JsonWriter& json, const std::vector<Fact>& answers) {
  json.key("answers").begin_array();
  for (const Fact& fact : answers) {
    json.begin_object().field("kind", word_of(recording_words::needs(), fact.need.kind));
    json.key("what");
    write_text(json, fact.need.what);
    json.field("state", word_of(recording_words::fact_states(), fact.state));
    write_texts(json, "values", fact.values);
    json.end_object();
  }
  json.end_array();
}

void write_grants(JsonWriter& json, const std::vector<Grant>& grants) {
  json.key("grants").begin_array();
  for (const Grant& grant : grants) {
    json.begin_object().key("ticket");
    write_text(json, grant.ticket);
    json.key("message_digest");
    write_text(json, grant.message_digest);
    json.field("assurance", word_of(recording_words::assurances(), grant.assurance));
    json.key("approver");
    write_text(json, grant.approver);
    json.end_object();
  }
  json.end_array();
}

void write_group(JsonWriter& json, const std::vector<GroupFact>& group) {
  json.key("group").begin_array();
  for (const GroupFact& fact : group) {
    json.begin_object().key("server");
    write_text(json, fact.server);
    json.key("tool");
    write_text(json, fact.tool);
    json.field("legs", std::uint32_t{fact.legs}).field("lost", fact.lost).key("reference");
    write_text(json, fact.reference);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_text(JsonWriter& json, std::string_view bytes) {
  if (!find_invalid_utf8(bytes)) {
    json.string(bytes);
    return;
  }
  json.begin_object().field("base64", to_base64(bytes)).end_object();
}

namespace {

void write_label(JsonWriter& json, const RecordedLabel& label) {
  json.key("label").begin_object().field("kind", label.attack ? "attack" : "benign");
  json.key("attacker_calls").begin_array();
  for (const std::uint64_t sequence : label.attacker_calls) {
    json.number(sequence);
  }
  json.end_array().field("utility", label.utility).key("cluster");
  write_text(json, label.cluster);
  json.end_object();
}

}  // namespace

void write_engine(JsonWriter& json, const RecordedEngine& engine) {
  const RecordedPolicy& policy = engine.policy;
  json.key("policy").begin_object().key("name");
  write_text(json, policy.name);
  json.field("version", policy.version).field("digest", policy.digest).key("tenant");
  write_text(json, policy.tenant);
  write_files(json, "files", policy.files);
  if (!policy.system.empty()) {
    write_files(json, "system", policy.system);
  }
  json.end_object();
  json.key("rules").begin_object().field("version", engine.rules_version);
  json.field("digest", engine.rules_digest).end_object();
  if (engine.pins) {
    json.key("pins");
    write_text(json, *engine.pins);
  }
}

std::string header_line(const RecordingHeader& header) {
  JsonWriter json;
  json.begin_object().field("type", "recording").field("format", kRecordingFormat);
  json.field("merlon", header.merlon).key("time_ms").number(header.time_ms);
  const std::pair<std::string_view, const std::string&> texts[] = {
      {"server", header.server}, {"launch", header.launch},     {"session", header.session},
      {"tenant", header.tenant}, {"identity", header.identity}, {"user", header.user},
      {"group", header.group}};
  for (const auto& [name, text] : texts) {
    json.key(name);
    write_text(json, text);
  }
  json.field("full", header.full).key("limits").begin_object();
  json.field("bytes", header.limits.bytes).field("depth", header.limits.depth);
  json.field("nodes", header.limits.nodes).end_object();
  write_engine(json, header.engine);
  if (header.label) {
    write_label(json, *header.label);
  }
  json.end_object();
  return std::move(json).take();
}

bool has_facts(const Facts& facts) {
  return !facts.answers.empty() || !facts.late_guards.empty() || !facts.grants.empty() ||
         !facts.group.empty();
}

std::string facts_json(const Facts& facts) {
  JsonWriter json;
  json.begin_object();
  if (!facts.answers.empty()) {
    write_answers(json, facts.answers);
  }
  if (!facts.late_guards.empty()) {
    write_texts(json, "late", facts.late_guards);
  }
  if (!facts.grants.empty()) {
    write_grants(json, facts.grants);
  }
  if (!facts.group.empty()) {
    write_group(json, facts.group);
  }
  json.end_object();
  return std::move(json).take();
}

Result<Document> parse_view(std::string_view json) {
  Limits limits;
  limits.json_depth = 1U << 16U;
  limits.json_nodes = 1U << 31U;
  return parse_json(std::make_shared<const SourceText>("recorded", json, nullptr),
                    JsonDialect::kStrict, limits);
}

Blanks split_blanks(std::string_view bytes) {
  const std::size_t begin = bytes.find_first_not_of(kJsonBlanks);
  if (begin == std::string_view::npos) {
    return {.before = bytes, .json = {}, .after = {}};
  }
  const std::size_t end = bytes.find_last_not_of(kJsonBlanks) + 1;
  return {.before = bytes.substr(0, begin),
          .json = bytes.substr(begin, end - begin),
          .after = bytes.substr(end)};
}

}  // namespace merlon::recording_text
