#pragma once
/// Key lists: which keys may sign what, until when, and which were revoked. A signed file
/// (rules/signed_file.h) under a key that changes rarely, so that the keys of every day can be
/// replaced. docs/spec/signatures.md.
///
///   MERLON_TRY(const KeyListFile list, read_key_list(payload));
///   const std::vector<VerifierKey> keys = list.keys_for("lock", today);
///   if (list.is_revoked(key)) { ... }
///
/// Plain data; safe from many threads.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "proof/key.h"
#include "rules/signed_file.h"

namespace merlon {

/// What a list calls keys for attestations; the other uses are those of signed_file_types().
inline constexpr std::string_view kAttestationUse = "attestation";

struct ListedKey {
  VerifierKey key;
  std::vector<std::string> uses;
  Date from{};
  Date until{};                 ///< the last day
  std::optional<Date> revoked;  ///< nothing that it signed counts any more, whenever it was signed
  std::string reason;           ///< of a revocation
};

struct KeyListFile {
  SignedHead head;
  std::vector<ListedKey> keys;

  /// Keys that may sign it on this day and were not revoked.
  [[nodiscard]] std::vector<VerifierKey> keys_for(std::string_view use, Date today) const;
  /// True when the list has keys for it at all: then unsigned is not enough.
  [[nodiscard]] bool speaks_of(std::string_view use) const;
  /// By the key itself: another name does not bring it back.
  [[nodiscard]] bool is_revoked(const VerifierKey& key) const;
};

/// `kFormat` with the place: unknown members and uses, a key twice, a revocation without a reason;
/// `kUnsupported` names an unknown algorithm. At most 1,000 keys.
[[nodiscard]] Result<KeyListFile> read_key_list(const SignedPayload& payload);
[[nodiscard]] std::string key_list_text(const KeyListFile& list);

}  // namespace merlon
