#pragma once
/// Signed commits and tags of git: the bytes of the object without its signature, the signature,
/// and what they say.
///
///   MERLON_TRY(const SignedGitObject commit, parse_git_commit(bytes));
///   MERLON_TRY(const SignedGitObject tag, parse_git_tag(bytes));
///
/// A signature inside another (`mergetag`) is not the object's. Pure; linear; safe from many
/// threads.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon {

struct SignedGitObject {
  std::string payload;    ///< what was signed
  std::string signature;  ///< armored; empty: not signed
  std::string target;     ///< of a commit its tree, of a tag what it names; hex
  std::string kind;       ///< of a tag: what it names, `commit`
  std::string name;       ///< of a tag
  std::int64_t time{0};   ///< that the committer or tagger claims
};

/// `kFormat` for bytes that are no commit: no tree, no committer, a header twice that stands once;
/// `kUnsupported` for signatures over another kind of digests.
[[nodiscard]] Result<SignedGitObject> parse_git_commit(std::string_view bytes);
[[nodiscard]] Result<SignedGitObject> parse_git_tag(std::string_view bytes);

}  // namespace merlon
