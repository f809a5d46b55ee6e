#include "proof/tlog_proof.h"

#include "base/base64.h"
#include "base/text.h"
#include "proof/checkpoint.h"

namespace merlon {
namespace {

constexpr std::string_view kProofHead = "c2sp.org/tlog-proof@v1";
constexpr std::size_t kMostProofHashes = 63;

std::unexpected<Error> no_proof(std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no proof of a log: ", why);
}

std::string_view take_proof_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kMostNoteBytes) {
    return fail(ErrorCode::kLimit, "the proof has more than ", std::to_string(kMostNoteBytes),
                " bytes");
  }
  if (take_proof_line(text) != kProofHead) {
    return no_proof("it does not begin with `c2sp.org/tlog-proof@v1`");
  }
  TlogProof proof;
  std::string_view line = take_proof_line(text);
  if (line.starts_with("extra ")) {
    proof.extra = from_base64(line.substr(6), Base64Alphabet::kStandard);
    if (!proof.extra) {
      return no_proof("its extra data is not base64");
    }
    line = take_proof_line(text);
  }
  const auto index = parse_unsigned(line.starts_with("index ") ? line.substr(6) : "");
  if (!index || line.substr(6) != std::to_string(*index)) {
    return no_proof("it has no index");
  }
  proof.index = *index;
  for (line = take_proof_line(text); !line.empty(); line = take_proof_line(text)) {
    const auto hash = parse_hash(line);
    if (!hash || proof.hashes.size() == kMostProofHashes) {
      return no_proof("its hashes are not at most 63 of 32 bytes");
    }
    proof.hashes.push_back(*hash);
  }
  if (text.empty()) {
    return no_proof("it has no checkpoint");
  }
  proof.checkpoint = std::string(text);
  return proof;
}

std::string to_string(const TlogProof& proof) {
  std::string out(kProofHead);
  out.push_back('\n');
  if (proof.extra) {
    out.append("extra ").append(to_base64(*proof.extra)).append("\n");
  }
  out.append("index ").append(std::to_string(proof.index)).append("\n");
  for (const Sha256& hash : proof.hashes) {
    out.append(hash_text(hash)).append("\n");
  }
  return out.append("\n").append(proof.checkpoint);
}

bool verify_tlog_proof(const TlogProof& proof, const Sha256& leaf, const TreeHead& head) {
  return verify_inclusion({.index = proof.index, .size = head.size}, leaf, proof.hashes, head.root);
}

}  // namespace merlon
