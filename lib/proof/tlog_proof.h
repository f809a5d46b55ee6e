#pragma once
/// A proof that one record is in a log, in one file that is checked without the log (C2SP
/// tlog-proof).
///
///   MERLON_TRY(const TlogProof proof, parse_tlog_proof(text));
///   MERLON_TRY(const Note note, parse_note(proof.checkpoint));     // then verify_note()
///   bool in_it = verify_tlog_proof(proof, merkle_leaf(record), checkpoint.head);
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/merkle.h"

namespace merlon {

struct TlogProof {
  std::optional<std::string> extra;  ///< bytes that the log's application may need
  std::uint64_t index{0};
  std::vector<Sha256> hashes;  ///< nearest to the record first; at most 63
  std::string checkpoint;      ///< the signed note, as it is
  [[nodiscard]] bool operator==(const TlogProof&) const = default;
};

/// `kFormat` for another shape, `kLimit` above a million bytes.
[[nodiscard]] Result<TlogProof> parse_tlog_proof(std::string_view text);
[[nodiscard]] std::string to_string(const TlogProof& proof);
[[nodiscard]] bool verify_tlog_proof(const TlogProof& proof, const Sha256& leaf,
                                     const TreeHead& head);

}  // namespace merlon
