#include "proof/note.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

// The example of the documentation of Go's sumdb/note.
constexpr std::string_view kGoKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kGoPrivate =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const std::string kGoText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
const std::string kGoNote =
    kGoText +
    "\n\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

SigningKey key_named(std::string_view name, char seed) {
  return make_signing_key(name, Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

NoteVerdict verdict_of(const Note& note, const std::vector<VerifierKey>& keys) {
  return verify_note(note, keys).value();
}

}  // namespace

TEST_CASE("signed note: Go's example is verified, and made again byte for byte") {
  const auto note = parse_note(kGoNote);
  REQUIRE(note.has_value());
  CHECK(note->text == kGoText);
  const NoteVerdict verdict = verdict_of(*note, {parse_verifier_key(kGoKey).value()});
  CHECK(verdict.answer == NoteAnswer::kVerified);
  CHECK(verdict.keys == std::vector<std::size_t>{0});
  CHECK(to_string(*note) == kGoNote);

  Note again{.text = kGoText};
  REQUIRE(sign_note(again, parse_signing_key(kGoPrivate).value()).has_value());
  CHECK(to_string(again) == kGoNote);
}

TEST_CASE("signed note: no byte of it can be changed without a refusal") {
  const std::vector<VerifierKey> keys{parse_verifier_key(kGoKey).value()};
  for (std::size_t at = 0; at < kGoNote.size(); ++at) {
    for (const char flip : {'\x01', '\x20'}) {
      std::string bytes = kGoNote;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      const auto note = parse_note(bytes);
      CAPTURE(at);
      CHECK((!note || verdict_of(*note, keys).answer != NoteAnswer::kVerified));
    }
  }
  for (std::size_t size = 0; size < kGoNote.size(); ++size) {
    const auto note = parse_note(std::string_view(kGoNote).substr(0, size));
    CAPTURE(size);
    CHECK((!note || verdict_of(*note, keys).answer != NoteAnswer::kVerified));
  }
}

TEST_CASE("signed note: signatures of others are ignored, one that claims a trusted key is not") {
  const SigningKey ours = key_named("ours", 'a');
  const SigningKey other = key_named("other", 'b');
  Note note{.text = "text\n"};
  REQUIRE(sign_note(note, other).has_value());
  REQUIRE(sign_note(note, ours).has_value());
  const NoteVerdict verdict = verdict_of(note, {ours.verifier});
  CHECK(verdict.answer == NoteAnswer::kVerified);
  CHECK(verdict.unknown == std::vector{short_key(other.verifier)});
  CHECK(verdict_of(note, {key_named("ours", 'c').verifier}).answer == NoteAnswer::kUnknownKeys);
  CHECK(verdict_of(note, {}).answer == NoteAnswer::kUnknownKeys);

  // `other` is trusted too, and its signature is broken: the whole note is bad.
  note.signatures[0].bytes[5] = static_cast<char>(note.signatures[0].bytes[5] ^ 1);
  const NoteVerdict bad = verdict_of(note, {ours.verifier, other.verifier});
  CHECK(bad.answer == NoteAnswer::kBadSignature);
  CHECK(bad.bad == short_key(other.verifier));
  CHECK(bad.keys.empty());
}

TEST_CASE("signed note: the signatures stand behind the last empty line") {
  const SigningKey key = key_named("ours", 'a');
  Note note{.text = "one\n\ntwo\n\n"};
  REQUIRE(sign_note(note, key).has_value());
  const auto read = parse_note(to_string(note));
  REQUIRE(read.has_value());
  CHECK(*read == note);
}

TEST_CASE("signed note: other shapes are refused") {
  const std::string line = kGoNote.substr(kGoText.size() + 1);
  for (const std::string& bytes :
       {std::string(), std::string("text\n"), std::string("text\n\n"), "text\n\n" + line + "more\n",
        "text\n\n" + line.substr(0, line.size() - 1), "te\txt\n\n" + line, "te\rxt\n\n" + line,
        "te\xFFxt\n\n" + line, std::string("text\n\n\xE2\x80\x94 name\n"),
        std::string("text\n\n\xE2\x80\x94 name AAAA\n"),
        std::string("text\n\n\xE2\x80\x94 na+me AAAAAAAA\n"),
        std::string("text\n\n- name AAAAAAAA\n"), "text\n" + line}) {
    CAPTURE(bytes);
    const auto note = parse_note(bytes);
    REQUIRE_FALSE(note.has_value());
    CHECK(note.error().code == ErrorCode::kFormat);
  }
}

TEST_CASE("signed note: 100 signatures pass, one more is refused; so is a byte above the size") {
  const std::string line = kGoNote.substr(kGoText.size() + 1);
  std::string bytes = "text\n\n";
  for (std::size_t at = 0; at < kMostNoteSignatures; ++at) {
    bytes += line;
  }
  CHECK(parse_note(bytes).has_value());
  CHECK(parse_note(bytes + line).error().code == ErrorCode::kLimit);
  std::string large(kMostNoteBytes - line.size() - 1, 'a');
  large += "\n\n" + line;
  CHECK(parse_note(large).error().code == ErrorCode::kLimit);
  CHECK(parse_note(large.substr(1)).has_value());
}

TEST_CASE("signed note: a text that would not be read back is not signed") {
  const SigningKey key = key_named("ours", 'a');
  for (const std::string_view text : {"", "no line feed", "tab\there\n", "\xFF\n"}) {
    CAPTURE(text);
    Note note{.text = std::string(text)};
    CHECK_FALSE(sign_note(note, key).has_value());
    CHECK(note.signatures.empty());
  }
}

}  // namespace merlon
