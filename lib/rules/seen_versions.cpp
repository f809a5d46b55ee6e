#include "rules/seen_versions.h"

#include <algorithm>
#include <utility>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kSeenMember = "merlon_versions";

}  // namespace

std::uint64_t SeenVersions::highest(SignedFileKind kind, std::string_view name,
                                    std::span<const VerifierKey> trusted) const {
  std::uint64_t most = 0;
  for (const VerifierKey& key : trusted) {
    const auto found = versions_.find(Key{.kind = std::string(signed_file_type(kind).words),
                                          .name = std::string(name),
                                          .key = short_key(key)});
    most = found == versions_.end() ? most : std::max(most, found->second);
  }
  return most;
}

bool SeenVersions::record(SignedFileKind kind, const SignedHead& head,
                          std::span<const VerifierKey> trusted,
                          std::span<const std::string> signers, Rollback rollback) {
  bool changed = false;
  const std::string words(signed_file_type(kind).words);
  if (rollback == Rollback::kAllowed) {
    for (const VerifierKey& key : trusted) {
      const auto found =
          versions_.find(Key{.kind = words, .name = head.name, .key = short_key(key)});
      if (found != versions_.end() && found->second > head.version) {
        found->second = head.version;
        changed = true;
      }
    }
  }
  for (const std::string& signer : signers) {
    std::uint64_t& seen = versions_[Key{.kind = words, .name = head.name, .key = signer}];
    changed = changed || seen < head.version;
    seen = std::max(seen, head.version);
  }
  return changed;
}

std::string SeenVersions::text() const {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  json.field(kSeenMember, 1);
  json.key("seen").begin_array();
  for (const auto& [key, version] : versions_) {
    json.begin_object();
    json.field("kind", key.kind).field("name", key.name).field("key", key.key);
    json.field("version", version);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<SeenVersions> parse_seen_versions(const std::shared_ptr<const SourceText>& source,
                                         const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  const auto bad = [&](NodeId node, std::string_view why) {
    Error error = make_error(ErrorCode::kFormat, why);
    error.where = document.locate(node);
    error.hints.emplace_back(
        "without this file an older version of a signed file is not noticed; remove it to start "
        "anew");
    return std::unexpected(std::move(error));
  };
  const auto format = document.find(document.root(), kSeenMember);
  const auto list = document.find(document.root(), "seen", NodeKind::kArray);
  if (!format || document.raw(*format) != "1" || !list) {
    return bad(document.root(), "this is no memory of versions of format 1");
  }
  SeenVersions seen;
  for (const NodeId entry : document.elements(*list)) {
    SeenVersions::Key key{.kind = document.string_or(document.find(entry, "kind"), ""),
                          .name = document.string_or(document.find(entry, "name"), ""),
                          .key = document.string_or(document.find(entry, "key"), "")};
    const auto node = document.find(entry, "version", NodeKind::kNumber);
    const auto version = node ? parse_unsigned(document.raw(*node)) : std::nullopt;
    if (key.kind.empty() || key.name.empty() || key.key.empty() || !version) {
      return bad(entry, "an entry needs `kind`, `name`, `key` and `version`");
    }
    std::uint64_t& highest = seen.versions_[std::move(key)];
    highest = std::max(highest, *version);
  }
  return seen;
}

}  // namespace merlon
