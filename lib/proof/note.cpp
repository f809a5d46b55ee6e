#include "proof/note.h"

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kSignatureMark = "\xE2\x80\x94 ";  // an em dash and a blank

std::unexpected<Error> malformed_note(std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no signed note: ", why);
}

/// UTF-8 without control characters; line feeds are allowed.
bool is_note_bytes(std::string_view bytes) {
  const bool controls = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n';
  });
  return !controls && !find_invalid_utf8(bytes);
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kSignatureMark)) {
    return malformed_note("a line below the empty line is no signature");
  }
  line.remove_prefix(kSignatureMark.size());
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !is_key_name(line.substr(0, blank))) {
    return malformed_note("a signature names no key");
  }
  const auto data = from_base64(line.substr(blank + 1), Base64Alphabet::kStandard);
  NoteSignature signature{.name = std::string(line.substr(0, blank))};
  if (!data || data->size() <= signature.id.size()) {
    return malformed_note("a signature is not base64 of a key's digest and a signature");
  }
  std::copy_n(data->begin(), signature.id.size(), signature.id.begin());
  signature.bytes = data->substr(signature.id.size());
  return signature;
}

std::string signer_of(const NoteSignature& signature) {
  return signature.name + "+" + to_hex(signature.id);
}

}  // namespace

bool is_note_text(std::string_view text) {
  return text.ends_with('\n') && is_note_bytes(text);
}

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kMostNoteBytes) {
    return fail(ErrorCode::kLimit, "the signed note has more than ", std::to_string(kMostNoteBytes),
                " bytes");
  }
  if (!is_note_bytes(bytes)) {
    return malformed_note("it has bad UTF-8 or control characters");
  }
  const std::size_t empty_line = bytes.rfind("\n\n");
  if (empty_line == std::string_view::npos || !bytes.ends_with('\n')) {
    return malformed_note("no empty line stands before its signatures");
  }
  Note note{.text = std::string(bytes.substr(0, empty_line + 1))};
  std::string_view rest = bytes.substr(empty_line + 2);
  if (rest.empty()) {
    return malformed_note("it has no signature");
  }
  while (!rest.empty()) {
    if (note.signatures.size() == kMostNoteSignatures) {
      return fail(ErrorCode::kLimit, "the signed note has more than ",
                  std::to_string(kMostNoteSignatures), " signatures");
    }
    const std::size_t end = rest.find('\n');
    MERLON_TRY(NoteSignature signature, parse_signature_line(rest.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

std::string to_string(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    std::string data(bytes_of(signature.id));
    data += signature.bytes;
    out.append(kSignatureMark).append(signature.name).append(" ");
    out.append(to_base64(data)).append("\n");
  }
  return out;
}

Result<NoteVerdict> verify_note(const Note& note, std::span<const VerifierKey> trusted) {
  NoteVerdict verdict;
  for (const NoteSignature& signature : note.signatures) {
    bool known = false;
    bool good = false;
    for (std::size_t at = 0; at < trusted.size(); ++at) {
      if (trusted[at].name != signature.name || trusted[at].id != signature.id) {
        continue;
      }
      known = true;
      MERLON_TRY(const bool fits, verify_with(trusted[at], note.text, signature.bytes));
      good = good || fits;
      if (fits && std::ranges::find(verdict.keys, at) == verdict.keys.end()) {
        verdict.keys.push_back(at);
      }
    }
    if (known && !good) {
      return NoteVerdict{.answer = NoteAnswer::kBadSignature, .bad = signer_of(signature)};
    }
    if (!known) {
      verdict.unknown.push_back(signer_of(signature));
    }
  }
  verdict.answer = verdict.keys.empty() ? NoteAnswer::kUnknownKeys : NoteAnswer::kVerified;
  return verdict;
}

Status sign_note(Note& note, const SigningKey& key) {
  if (!is_note_text(note.text)) {
    return fail(ErrorCode::kFormat,
                "only UTF-8 without control characters that ends in a line feed can be signed as "
                "a note");
  }
  if (note.signatures.size() == kMostNoteSignatures) {
    return fail(ErrorCode::kLimit, "the signed note has ", std::to_string(kMostNoteSignatures),
                " signatures already");
  }
  MERLON_TRY(const Ed25519Signature signature, sign_ed25519(key.key, note.text));
  note.signatures.push_back({.name = key.verifier.name,
                             .id = key.verifier.id,
                             .bytes = std::string(bytes_of(signature))});
  return {};
}

}  // namespace merlon
