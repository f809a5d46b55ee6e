#pragma once
/// What an entry of Rekor's log says: which signature, by whom, over which digest. Kinds
/// `hashedrekord` 0.0.1 and 0.0.2, `dsse` 0.0.1 and 0.0.2, `intoto` 0.0.2.
///
///   MERLON_TRY(const EntryBody body, parse_entry_body(entry.body));
///
/// The log vouches that this was logged, not that it is about this bundle: that is for the caller
/// to compare, field by field.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/x509/public_key.h"

namespace merlon {

struct EntrySigner {
  std::string signature;
  std::string verifier;  ///< DER of a certificate or of a SubjectPublicKeyInfo
};

struct EntryBody {
  std::string kind;
  std::string version;
  HashAlgorithm hash{HashAlgorithm::kSha256};
  std::string digest;  ///< `hashedrekord`: of what was signed; else of the envelope's payload
  std::vector<EntrySigner> signers;
};

/// `kSyntax`, `kFormat`; `kUnsupported` for another kind, version or digest, by its name.
[[nodiscard]] Result<EntryBody> parse_entry_body(std::string_view json);

}  // namespace merlon
