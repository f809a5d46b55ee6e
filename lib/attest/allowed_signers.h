#pragma once
/// Who may sign with which SSH key: OpenSSH's ALLOWED SIGNERS file (ssh-keygen(1)), as git uses it.
///
///   MERLON_TRY(const AllowedSigners signers, parse_allowed_signers(text, "allowed_signers"));
///   const SignerLookup found = signers.find(key, "git", commit_time);
///
/// Options `namespaces`, `valid-after`, `valid-before`; times without `Z` count as UTC. Lines for
/// certificate authorities and of algorithms that are not known here are passed over: they trust
/// nobody. Pure; safe from many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/ssh_key.h"

namespace merlon {

struct AllowedSigner {
  std::string principals;  ///< as written
  SshPublicKey key;
  std::vector<std::string> namespaces;      ///< globs; empty: any
  std::optional<std::int64_t> valid_after;  ///< seconds since 1970
  std::optional<std::int64_t> valid_before;
};

struct SignerLookup {
  const AllowedSigner* signer{nullptr};  ///< null: nobody
  std::string reason;                    ///< why nobody
};

class AllowedSigners {
 public:
  [[nodiscard]] SignerLookup find(const SshPublicKey& key, std::string_view name_space,
                                  std::int64_t time) const;
  [[nodiscard]] const std::vector<AllowedSigner>& all() const { return signers_; }

  friend Result<AllowedSigners> parse_allowed_signers(std::string_view text, std::string_view file);

 private:
  std::vector<AllowedSigner> signers_;
};

/// `kFormat` with the line: no key, an option that is not known or not closed, a bad time. At most
/// 10,000 lines.
[[nodiscard]] Result<AllowedSigners> parse_allowed_signers(std::string_view text,
                                                           std::string_view file);

}  // namespace merlon
