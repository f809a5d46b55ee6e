#pragma once
/// The state of a log as a text that can be signed (C2SP tlog-checkpoint), and cosignatures of
/// witnesses over it (C2SP tlog-cosignature).
///
///   MERLON_TRY(const Note note, parse_note(bytes));
///   MERLON_TRY(const Checkpoint checkpoint, parse_checkpoint(note.text));
///
/// Pure; safe from many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "proof/merkle.h"
#include "proof/note.h"

namespace merlon {

struct Checkpoint {
  std::string origin;
  TreeHead head;
  std::string extensions;  ///< lines, each with its line feed; merlon writes none
  [[nodiscard]] bool operator==(const Checkpoint&) const = default;
};

/// `kFormat`: no origin, a size with leading zeros or beyond 64 bits, a root that is not base64 of
/// 32 bytes, an empty extension line, an empty tree with another root.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);
[[nodiscard]] std::string to_string(const Checkpoint& checkpoint);

/// A hash as base64, and back; nothing for what is none.
[[nodiscard]] std::string hash_text(const Sha256& hash);
[[nodiscard]] std::optional<Sha256> parse_hash(std::string_view text);

/// What a witness signs: `cosignature/v1`, the time in seconds, the checkpoint's text.
[[nodiscard]] std::string cosignature_message(std::uint64_t time, std::string_view text);
/// The time that a cosignature claims; nothing for bytes of another length.
[[nodiscard]] std::optional<std::uint64_t> cosignature_time(std::string_view signature);
/// Signs as a witness; `witness` comes from make_witness_key().
[[nodiscard]] Status cosign_note(Note& note, const SigningKey& witness, std::uint64_t time);
/// A key that only cosigns.
[[nodiscard]] Result<SigningKey> make_witness_key(std::string_view name, Ed25519PrivateKey key);

}  // namespace merlon
