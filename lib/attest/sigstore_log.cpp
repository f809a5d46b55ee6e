#include "attest/sigstore_log.h"

#include <algorithm>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json/json_writer.h"
#include "proof/checkpoint.h"
#include "proof/merkle.h"
#include "proof/note.h"

namespace merlon {
namespace {

Result<const PublicKey*> key_of_log(const TrustedLog& log) {
  if (!log.key) {
    return fail(ErrorCode::kUnsupported, "the key of the log `", log_name(log),
                "` cannot be used: ", log.problem);
  }
  return &*log.key;
}

std::optional<Sha256> hash_of_bytes(std::string_view bytes) {
  Sha256 hash{};
  if (bytes.size() != hash.size()) {
    return std::nullopt;
  }
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

/// Whether the entry lies in a tree with that root.
LogAnswer check_log_path(const LogEntry& entry, const LogInclusion& inclusion) {
  const auto root = hash_of_bytes(inclusion.root_hash);
  std::vector<Sha256> path;
  for (const std::string& bytes : inclusion.hashes) {
    const auto hash = hash_of_bytes(bytes);
    if (!hash) {
      return {.ok = false, .why = "a hash of the inclusion proof has not 32 bytes"};
    }
    path.push_back(*hash);
  }
  if (!root) {
    return {.ok = false, .why = "the root of the inclusion proof has not 32 bytes"};
  }
  const LeafPlace place{.index = static_cast<std::uint64_t>(inclusion.log_index),
                        .size = static_cast<std::uint64_t>(inclusion.tree_size)};
  if (!verify_inclusion(place, merkle_leaf(entry.body), path, *root)) {
    return {.ok = false, .why = "the inclusion proof does not lead to its root"};
  }
  return {.ok = true, .why = {}};
}

/// The name before the key of a signature belongs to the origin: `rekor.sigstore.dev` to
/// `rekor.sigstore.dev - 2605736670972794746`.
bool name_fits_origin(std::string_view name, std::string_view origin) {
  return origin == name ||
         (origin.starts_with(name) && origin.substr(name.size()).starts_with(" - "));
}

Result<LogAnswer> check_log_signatures(const Note& note, const Checkpoint& checkpoint,
                                       const TrustedLog& log) {
  MERLON_TRY(const PublicKey* key, key_of_log(log));
  std::string why = "the checkpoint has no signature of the log's key";
  for (const NoteSignature& signature : note.signatures) {
    const std::string_view id(reinterpret_cast<const char*>(signature.id.data()),
                              signature.id.size());
    if (id != log.hint || !name_fits_origin(signature.name, checkpoint.origin)) {
      continue;
    }
    MERLON_TRY(const bool good, verify_message(*key, key->hash, note.text, signature.bytes));
    if (good) {
      return LogAnswer{.ok = true, .why = {}};
    }
    // Another key of the same log can have the same four bytes: one that fits is enough.
    why = "the checkpoint is not signed by the log's key";
  }
  return LogAnswer{.ok = false, .why = why};
}

Result<LogAnswer> check_log_checkpoint(const LogInclusion& inclusion, const TrustedLog& log) {
  const auto note = parse_note(inclusion.checkpoint);
  if (!note) {
    return LogAnswer{.ok = false, .why = "the checkpoint: " + note.error().message};
  }
  const auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) {
    return LogAnswer{.ok = false, .why = "the checkpoint: " + checkpoint.error().message};
  }
  if (hash_of_bytes(inclusion.root_hash) != checkpoint->head.root ||
      static_cast<std::uint64_t>(inclusion.tree_size) != checkpoint->head.size) {
    return LogAnswer{.ok = false, .why = "the checkpoint is of another tree than the proof"};
  }
  return check_log_signatures(*note, *checkpoint, log);
}

/// Rekor v2 has no shards with numbers of their own: the entry's place is the proof's.
bool is_second_rekor(const LogEntry& entry) {
  return entry.kind != "intoto" && entry.version == "0.0.2";
}

}  // namespace

std::string log_name(const TrustedLog& log) {
  return log.url.empty() ? to_hex(std::string_view(log.id)) : log.url;
}

Result<LogAnswer> check_log_promise(const LogEntry& entry, const TrustedLog& log) {
  MERLON_TRY(const PublicKey* key, key_of_log(log));
  JsonWriter json;
  json.begin_object();
  json.field("body", to_base64(entry.body));
  json.key("integratedTime").number(entry.integrated_time);
  json.field("logID", to_hex(std::string_view(entry.log_id)));
  json.key("logIndex").number(entry.log_index);
  json.end_object();
  MERLON_TRY(const bool good, verify_message(*key, key->hash, json.text(), entry.promise));
  return LogAnswer{.ok = good, .why = good ? "" : "the log's promise (SET) is not signed by it"};
}

Result<LogAnswer> check_log_inclusion(const LogEntry& entry, const TrustedLog& log) {
  if (!entry.inclusion) {
    return LogAnswer{.ok = false, .why = "the log entry has no inclusion proof"};
  }
  if (is_second_rekor(entry) && entry.log_index != entry.inclusion->log_index) {
    return LogAnswer{.ok = false, .why = "the log entry and its proof name different places"};
  }
  LogAnswer path = check_log_path(entry, *entry.inclusion);
  return path.ok ? check_log_checkpoint(*entry.inclusion, log) : Result<LogAnswer>(std::move(path));
}

}  // namespace merlon
