#include "support/memory_files.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace merlon::test {

Result<std::string> MemoryFiles::canonical(std::string_view path) const {
  std::string at(path);
  for (int hops = 0; hops < 40; ++hops) {
    const auto link = links.find(at);
    if (link == links.end()) {
      return at;
    }
    at = link->second;
  }
  return fail(ErrorCode::kIo, "cannot resolve `", path, "`: Too many levels of symbolic links");
}

Result<std::shared_ptr<const SourceText>> MemoryFiles::read(std::string_view path,
                                                            std::uint64_t max_bytes) const {
  MERLON_TRY(const std::string at, canonical(path));
  if (const auto bad = unreadable.find(at); bad != unreadable.end()) {
    return fail(bad->second, "cannot open `", path, "`: Permission denied");
  }
  const auto found = files.find(at);
  if (found == files.end()) {
    return fail(ErrorCode::kNotFound, "cannot open `", path, "`: No such file or directory");
  }
  if (found->second.size() > max_bytes) {
    return fail(ErrorCode::kLimit, "`", path, "` is too large");
  }
  return SourceText::copy_of(std::string(path), found->second);
}

Result<std::vector<DirectoryEntry>> MemoryFiles::list(std::string_view path) const {
  MERLON_TRY(const std::string at, canonical(path));
  const std::string prefix = at + "/";
  std::map<std::string, FileKind> children;
  const auto add = [&](const std::string& name, FileKind leaf) {
    if (!name.starts_with(prefix)) {
      return;
    }
    const std::string rest = name.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    children[rest.substr(0, slash)] = slash == std::string::npos ? leaf : FileKind::kDirectory;
  };
  for (const auto& [name, bytes] : files) {
    add(name, FileKind::kRegular);
  }
  for (const auto& [name, target] : links) {
    add(name, FileKind::kSymlink);
  }
  std::vector<DirectoryEntry> out;
  for (const auto& [name, kind] : children) {
    out.push_back({name, kind});
  }
  return out;
}

Result<FileKind> MemoryFiles::kind_of(std::string_view path) const {
  MERLON_TRY(const std::string at, canonical(path));
  if (files.contains(at)) {
    return FileKind::kRegular;
  }
  const bool folder = std::any_of(files.begin(), files.end(), [&](const auto& file) {
    return file.first.starts_with(at + "/");
  });
  if (folder) {
    return FileKind::kDirectory;
  }
  return fail(ErrorCode::kNotFound, "cannot open `", path, "`: No such file or directory");
}

std::string read_repository_file(std::string_view path) {
  std::ifstream in(std::string(MERLON_SOURCE_DIR) + "/" + std::string(path), std::ios::binary);
  if (!in) {
    std::cerr << "missing file of the repository: " << path << "\n";
    std::abort();
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace merlon::test
