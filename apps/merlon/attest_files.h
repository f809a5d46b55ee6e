#pragma once
/// Files that have a signature beside them: what a signature of one is about.
///
///   auto subject = load_file_subject(env, "merlon.lock", "");
///   if (!subject) { ... all problems ... }
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "env.h"
#include "rules/file_signature.h"

namespace merlon::cli {

/// The words of `--type`: `lock`, `pins`, `policy`, `key-list`.
[[nodiscard]] std::vector<std::string> attested_file_types();

/// By the word, or by what the file is when it is empty: `.toml` is a policy, JSON with
/// `merlon_key_list` a key list (signed or not), all else a lock.
[[nodiscard]] Result<SignedFileKind> attested_file_kind(const Env& env, const std::string& path,
                                                        std::string_view word);

/// Reads a lock, pins or a policy with all that it extends. All problems.
[[nodiscard]] Checked<FileSubject> load_file_subject(const Env& env, const std::string& path,
                                                     SignedFileKind kind);

}  // namespace merlon::cli
