#pragma once
/// The highest version of each signed file that was used, so that an older one is noticed: the
/// contents of `$XDG_STATE_HOME/merlon/versions.json`. docs/spec/rule-pack.md.
///
///   MERLON_TRY(SeenVersions seen, parse_seen_versions(source, limits));
///   std::uint64_t floor = seen.highest(kind, name, trusted);
///   seen.record(kind, head, keys, Rollback::kRefused);
///
/// Plain data; not for many threads.
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "rules/signed_file.h"

namespace merlon {

enum class Rollback {
  kRefused,  ///< versions only rise
  kAllowed,  ///< the version that is used becomes the one to compare with
};

class SeenVersions {
 public:
  /// Over all of the trusted keys: a file that only an older key of two signed does not get around
  /// what the newer key signed.
  [[nodiscard]] std::uint64_t highest(SignedFileKind kind, std::string_view name,
                                      std::span<const VerifierKey> trusted) const;
  /// True when something changed and must be written. With `kAllowed` the entries of all of the
  /// trusted keys go down to the version.
  bool record(SignedFileKind kind, const SignedHead& head, std::span<const VerifierKey> trusted,
              std::span<const std::string> signers, Rollback rollback);

  [[nodiscard]] std::string text() const;
  friend Result<SeenVersions> parse_seen_versions(const std::shared_ptr<const SourceText>& source,
                                                  const Limits& limits);

 private:
  struct Key {
    std::string kind;
    std::string name;
    std::string key;
    [[nodiscard]] auto operator<=>(const Key&) const = default;
  };
  std::map<Key, std::uint64_t> versions_;
};

/// `kSyntax`, `kFormat`: a memory that cannot be read vouches for nothing.
[[nodiscard]] Result<SeenVersions> parse_seen_versions(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);

}  // namespace merlon
