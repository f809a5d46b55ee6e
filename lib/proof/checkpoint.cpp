#include "proof/checkpoint.h"

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kTimeBytes = 8;

std::unexpected<Error> no_checkpoint(std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no checkpoint: ", why);
}

/// Takes the text up to a line feed off; nothing without one.
std::optional<std::string_view> take_checkpoint_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string hash_text(const Sha256& hash) {
  return to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::optional<Sha256> parse_hash(std::string_view text) {
  const auto bytes = from_base64(text, Base64Alphabet::kStandard);
  Sha256 hash{};
  if (!bytes || bytes->size() != hash.size()) {
    return std::nullopt;
  }
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto origin = take_checkpoint_line(text);
  const auto size = take_checkpoint_line(text);
  const auto root = take_checkpoint_line(text);
  if (!origin || !size || !root) {
    return no_checkpoint("it has less than three lines");
  }
  if (origin->empty()) {
    return no_checkpoint("it has no origin");
  }
  const auto number = parse_unsigned(*size);
  if (!number || std::to_string(*number) != *size) {
    return no_checkpoint("its second line is no size");
  }
  const auto hash = parse_hash(*root);
  if (!hash) {
    return no_checkpoint("its third line is no root");
  }
  if (*number == 0 && *hash != merkle_empty_root()) {
    return no_checkpoint("an empty log has another root");
  }
  const bool whole_lines = text.empty() || text.ends_with('\n');
  if (!whole_lines || text.starts_with('\n') || text.find("\n\n") != std::string_view::npos) {
    return no_checkpoint("its extension lines are not lines");
  }
  return Checkpoint{.origin = std::string(*origin),
                    .head = {.size = *number, .root = *hash},
                    .extensions = std::string(text)};
}

std::string to_string(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
         hash_text(checkpoint.head.root) + "\n" + checkpoint.extensions;
}

std::string cosignature_message(std::uint64_t time, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(time) + "\n" + std::string(text);
}

std::optional<std::uint64_t> cosignature_time(std::string_view signature) {
  if (signature.size() != kTimeBytes + Ed25519Signature().size()) {
    return std::nullopt;
  }
  std::uint64_t time = 0;
  for (const char c : signature.substr(0, kTimeBytes)) {
    time = (time << 8U) | static_cast<unsigned char>(c);
  }
  return time;
}

Status cosign_note(Note& note, const SigningKey& witness, std::uint64_t time) {
  if (witness.verifier.algorithm != KeyAlgorithm::kCosignature) {
    return fail(ErrorCode::kUsage, "the key `", witness.verifier.name, "` is no witness's");
  }
  MERLON_TRY(const Ed25519Signature signature,
             sign_ed25519(witness.key, cosignature_message(time, note.text)));
  std::string bytes;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    bytes.push_back(static_cast<char>((time >> (shift - 8)) & 0xFFU));
  }
  bytes += bytes_of(signature);
  note.signatures.push_back(
      {.name = witness.verifier.name, .id = witness.verifier.id, .bytes = std::move(bytes)});
  return {};
}

Result<SigningKey> make_witness_key(std::string_view name, Ed25519PrivateKey key) {
  MERLON_TRY(SigningKey out, make_signing_key(name, std::move(key)));
  out.verifier = with_algorithm(out.verifier, KeyAlgorithm::kCosignature);
  return out;
}

}  // namespace merlon
