#include "rules/key_list_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "rules/signed_payload_text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostListedKeys = 1000;

std::unexpected<Error> bad_key_list(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

bool is_known_use(std::string_view use) {
  return use == kAttestationUse ||
         (use != signed_file_type(SignedFileKind::kKeyList).use &&
          std::ranges::find(signed_file_types(), use, &SignedFileType::use) !=
              signed_file_types().end());
}

std::string known_uses() {
  std::string words;
  for (const SignedFileType& type : signed_file_types()) {
    if (type.kind != SignedFileKind::kKeyList) {
      words.append(type.use).append(", ");
    }
  }
  return words.append(kAttestationUse);
}

Result<std::vector<std::string>> read_uses(const Document& document, NodeId entry) {
  const auto list = document.find(entry, "uses", NodeKind::kArray);
  if (!list || document.elements(*list).empty()) {
    return bad_key_list(document, list.value_or(entry), "`uses` must name what the key signs");
  }
  std::vector<std::string> uses;
  for (const NodeId node : document.elements(*list)) {
    std::string use = document.string_or(node, "");
    if (!is_known_use(use)) {
      return bad_key_list(document, node, "a use must be one of " + known_uses());
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

Result<Date> key_date(const Document& document, NodeId entry, std::string_view member) {
  const auto node = document.find(entry, member);
  const auto date = parse_date(document.string_or(node, ""));
  if (!date) {
    return bad_key_list(document, node.value_or(entry),
                        "`" + std::string(member) + "` must be a date, YYYY-MM-DD");
  }
  return *date;
}

Status read_revocation(const Document& document, NodeId entry, ListedKey& out) {
  if (const auto node = document.find(entry, "revoked")) {
    MERLON_TRY(out.revoked, key_date(document, entry, "revoked"));
  }
  const auto reason = document.find(entry, "reason");
  out.reason = document.string_or(reason, "");
  if (out.revoked.has_value() != reason.has_value() || (out.revoked && trim(out.reason).empty())) {
    return bad_key_list(document, reason.value_or(entry),
                        "`revoked` and `reason` stand together, or not at all");
  }
  return {};
}

Result<ListedKey> read_listed_key(const Document& document, NodeId entry) {
  constexpr std::array<std::string_view, 6> kKnown{"key",   "uses",    "from",
                                                   "until", "revoked", "reason"};
  for (const auto& [key, value] : document.members(entry)) {
    if (std::ranges::find(kKnown, document.text(key)) == kKnown.end()) {
      return bad_key_list(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  const auto node = document.find(entry, "key");
  auto key = parse_verifier_key(document.string_or(node, ""));
  if (!key) {
    Error error = std::move(key).error();
    error.where = document.locate(node.value_or(entry));
    return std::unexpected(std::move(error));
  }
  ListedKey out{.key = *std::move(key)};
  MERLON_TRY(out.uses, read_uses(document, entry));
  MERLON_TRY(out.from, key_date(document, entry, "from"));
  MERLON_TRY(out.until, key_date(document, entry, "until"));
  if (out.until < out.from) {
    return bad_key_list(document, entry, "`until` lies before `from`");
  }
  MERLON_CHECK(read_revocation(document, entry, out));
  return out;
}

bool is_same_key(const VerifierKey& a, const VerifierKey& b) {
  return a.algorithm == b.algorithm && a.material == b.material;
}

}  // namespace

std::vector<VerifierKey> KeyListFile::keys_for(std::string_view use, Date today) const {
  std::vector<VerifierKey> out;
  for (const ListedKey& listed : keys) {
    if (std::ranges::find(listed.uses, use) != listed.uses.end() && !listed.revoked &&
        listed.from <= today && today <= listed.until) {
      out.push_back(listed.key);
    }
  }
  return out;
}

bool KeyListFile::speaks_of(std::string_view use) const {
  return std::ranges::any_of(keys, [&](const ListedKey& listed) {
    return std::ranges::find(listed.uses, use) != listed.uses.end();
  });
}

bool KeyListFile::is_revoked(const VerifierKey& key) const {
  return std::ranges::any_of(keys, [&](const ListedKey& listed) {
    return listed.revoked && is_same_key(listed.key, key);
  });
}

Result<KeyListFile> read_key_list(const SignedPayload& payload) {
  constexpr std::array<std::string_view, 7> kKnown{
      "merlon_key_list", "name", "version", "minimum_engine", "created", "expires", "keys"};
  const Document& document = payload.document;
  if (payload.kind != SignedFileKind::kKeyList) {
    return fail(ErrorCode::kFormat, "this is no key list");
  }
  for (const auto& [key, value] : document.members(document.root())) {
    if (std::ranges::find(kKnown, document.text(key)) == kKnown.end()) {
      return bad_key_list(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  const auto entries = document.find(document.root(), "keys", NodeKind::kArray);
  if (!entries) {
    return bad_key_list(document, document.root(), "`keys` must be an array");
  }
  KeyListFile list{.head = payload.head, .keys = {}};
  for (const NodeId entry : document.elements(*entries)) {
    if (list.keys.size() == kMostListedKeys) {
      return fail(ErrorCode::kLimit, "the list has more than ", std::to_string(kMostListedKeys),
                  " keys");
    }
    MERLON_TRY(ListedKey key, read_listed_key(document, entry));
    const bool twice = std::ranges::any_of(
        list.keys, [&](const ListedKey& other) { return is_same_key(other.key, key.key); });
    if (twice) {
      return bad_key_list(document, entry, "a key stands twice");
    }
    list.keys.push_back(std::move(key));
  }
  return list;
}

std::string key_list_text(const KeyListFile& list) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_signed_head(json, SignedFileKind::kKeyList, list.head);
  json.key("keys").begin_array();
  for (const ListedKey& listed : list.keys) {
    json.begin_object();
    json.field("key", to_string(listed.key));
    json.key("uses").begin_array();
    for (const std::string& use : listed.uses) {
      json.string(use);
    }
    json.end_array();
    json.field("from", to_string(listed.from)).field("until", to_string(listed.until));
    if (listed.revoked) {
      json.field("revoked", to_string(*listed.revoked)).field("reason", listed.reason);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace merlon
