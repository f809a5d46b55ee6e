#pragma once
/// Folders and small files of this user alone, opened without trusting their names: what was
/// checked is what is used.
///
///   MERLON_TRY(const UniqueFd folder, open_private_folder(state + "/groups"));
///   MERLON_TRY(const UniqueFd file, open_own_file(folder.get(), "a.json", O_RDONLY));
///   MERLON_TRY(const std::string text, read_small(file.get(), 65536));
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

/// An own folder that others may not enter, made with its parents when it is not there.
[[nodiscard]] Result<UniqueFd> open_private_folder(const std::string& path);

/// A regular file of ours in an open folder that nobody else can write; a link is not followed.
/// `flags` as open(2) has them. `kNotFound` when there is none.
[[nodiscard]] Result<UniqueFd> open_own_file(int folder, const std::string& name, int flags);

/// Names in an open folder that end so, sorted. Nothing when it cannot be read.
[[nodiscard]] std::vector<std::string> names_in_folder(int folder, std::string_view suffix);

/// All of a small file; of a longer one `most` bytes and one more.
[[nodiscard]] Result<std::string> read_small(int fd, std::size_t most);

}  // namespace merlon
