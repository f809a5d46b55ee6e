#include "attest/npm_keys.h"

#include <optional>

#include "attest/proto_json.h"
#include "base/json/json_reader.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

constexpr std::size_t kMostNpmKeys = 256;

Result<std::optional<std::int64_t>> npm_time(const ProtoMessage& message, std::string_view name) {
  MERLON_TRY(const std::string text, message.text(name));
  const auto time = parse_timestamp_ms(text);
  if (!text.empty() && !time) {
    return message.refuse("`" + std::string(name) + "` is no time of RFC 3339");
  }
  return std::optional(time);
}

/// {"keyId", "keyUsage", "publicKey": {"rawBytes", "validFor"}} of the TUF repository. Nothing for
/// a key of another use.
Result<std::optional<NpmKey>> read_tuf_key(const ProtoMessage& message) {
  MERLON_TRY(const std::string usage, message.text("keyUsage"));
  if (usage != "npm:attestations") {
    return std::optional<NpmKey>();
  }
  NpmKey key;
  MERLON_TRY(key.id, message.text("keyId"));
  MERLON_TRY(const ProtoMessage material, message.required("publicKey"));
  MERLON_TRY(const std::string der, material.bytes("rawBytes"));
  MERLON_TRY(key.key, parse_public_key(der));
  MERLON_TRY(const ProtoMessage window, material.required("validFor"));
  MERLON_TRY(const auto start, npm_time(window, "start"));
  MERLON_TRY(key.window.end_ms, npm_time(window, "end"));
  if (!start) {
    return window.refuse("a key's validity has no `start`");
  }
  key.window.start_ms = *start;
  return std::optional(std::move(key));
}

/// {"keyid", "key", "expires"} of the registry.
Result<std::optional<NpmKey>> read_registry_key(const ProtoMessage& message) {
  NpmKey key;
  MERLON_TRY(key.id, message.text("keyid"));
  MERLON_TRY(const std::string der, message.bytes("key"));
  MERLON_TRY(key.key, parse_public_key(der));
  MERLON_TRY(key.window.end_ms, npm_time(message, "expires"));
  return std::optional(std::move(key));
}

}  // namespace

Result<std::vector<NpmKey>> parse_npm_keys(const std::shared_ptr<const SourceText>& source,
                                           const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  MERLON_TRY(const ProtoMessage root, ProtoMessage::root_of(document, "list of npm's keys"));
  MERLON_TRY(const auto messages, root.messages("keys", kMostNpmKeys));
  std::vector<NpmKey> keys;
  for (const ProtoMessage& message : messages) {
    MERLON_TRY(auto key, message.has("keyId") ? read_tuf_key(message) : read_registry_key(message));
    if (key && key->id.empty()) {
      return message.refuse("a key has no id");
    }
    if (key) {
      keys.push_back(*std::move(key));
    }
  }
  if (keys.empty()) {
    return root.refuse("it has no key for attestations");
  }
  return keys;
}

}  // namespace merlon
