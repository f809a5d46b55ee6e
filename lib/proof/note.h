#pragma once
/// C2SP signed notes: a text that people read, with signatures below. Checkpoints of logs are such
/// notes. docs/spec/signatures.md.
///
///   MERLON_TRY(const Note note, parse_note(bytes));
///   MERLON_TRY(const NoteVerdict verdict, verify_note(note, trusted_keys));
///   if (verdict.answer == NoteAnswer::kVerified) { use(note.text); }
///
/// Pure; linear in the bytes; safe from many threads.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/key.h"

namespace merlon {

inline constexpr std::size_t kMostNoteBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMostNoteSignatures = 100;

struct NoteSignature {
  std::string name;
  KeyId id{};
  std::string bytes;
  [[nodiscard]] bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;  ///< what is signed; ends in a line feed
  std::vector<NoteSignature> signatures;
  [[nodiscard]] bool operator==(const Note&) const = default;
};

/// `kFormat`: bad UTF-8, control characters, no empty line before the signatures, no signature, a
/// signature line of another shape. `kLimit` above a million bytes or 100 signatures.
[[nodiscard]] Result<Note> parse_note(std::string_view bytes);
[[nodiscard]] std::string to_string(const Note& note);

enum class NoteAnswer {
  kVerified,      ///< a trusted key signed it, and no trusted key's signature is bad
  kUnknownKeys,   ///< none of the keys is trusted: nothing is known
  kBadSignature,  ///< it claims a trusted key that did not sign it
};

struct NoteVerdict {
  NoteAnswer answer{NoteAnswer::kUnknownKeys};
  std::vector<std::size_t> keys;     ///< indices of the trusted keys that signed
  std::vector<std::string> unknown;  ///< `name+id` of signatures by others
  std::string bad;                   ///< `name+id` of the signature that is wrong
};

/// Signatures by keys that are not trusted are ignored, as the specification says; one that claims
/// a trusted key and fails makes the whole note bad.
[[nodiscard]] Result<NoteVerdict> verify_note(const Note& note,
                                              std::span<const VerifierKey> trusted);

/// Adds a signature. `kFormat` for a text that is no note's text.
[[nodiscard]] Status sign_note(Note& note, const SigningKey& key);

/// True for a text that can be signed: UTF-8 that ends in a line feed, without control characters
/// but that.
[[nodiscard]] bool is_note_text(std::string_view text);

}  // namespace merlon
