#include "policy/policy_store.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/digest/digest.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kCurrentFile = "current";
constexpr std::uint64_t kMostCurrentBytes = 4096;
constexpr std::size_t kDigestShown = 16;

/// What stands in a path must not lead out of it.
Status check_stored_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (name.empty() || name.size() > 64 || !plain || name.starts_with('.')) {
    return fail(ErrorCode::kUsage, "`", name,
                "` cannot be the name of an installed policy: letters, digits, `-`, `_` and `.`, "
                "at most 64, no dot first");
  }
  return {};
}

}  // namespace

std::string PolicyStore::folder_of(std::string_view name) const {
  return folder_ + "/" + std::string(name);
}

Result<std::vector<StoredPolicy>> PolicyStore::versions(std::string_view name) const {
  MERLON_CHECK(check_stored_name(name));
  std::vector<StoredPolicy> out;
  const auto entries = files_.list(folder_of(name));
  if (!entries) {
    return entries.error().code == ErrorCode::kNotFound
               ? Result<std::vector<StoredPolicy>>(std::move(out))
               : Result<std::vector<StoredPolicy>>(std::unexpected(entries.error()));
  }
  for (const DirectoryEntry& entry : *entries) {
    const std::size_t dash = entry.name.find('-');
    const auto version = parse_unsigned(std::string_view(entry.name).substr(0, dash));
    if (entry.kind == FileKind::kRegular && entry.name.ends_with(".toml") && version &&
        dash != std::string::npos) {
      out.push_back({.version = *version, .file = entry.name});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const StoredPolicy& a, const StoredPolicy& b) { return a.version < b.version; });
  return out;
}

Result<std::string> PolicyStore::current(std::string_view name) const {
  MERLON_TRY(const auto stored, versions(name));
  if (stored.empty()) {
    return fail(ErrorCode::kNotFound, "no policy `", name, "` is installed");
  }
  const std::string place = folder_of(name) + "/" + std::string(kCurrentFile);
  MERLON_TRY(const auto source, files_.read(place, kMostCurrentBytes));
  const std::string_view wanted = trim(source->bytes());
  const bool known = std::any_of(stored.begin(), stored.end(),
                                 [&](const StoredPolicy& one) { return one.file == wanted; });
  if (!known) {
    return fail(ErrorCode::kFormat, "`", place, "` names no installed version");
  }
  return folder_of(name) + "/" + std::string(wanted);
}

Result<std::string> PolicyStore::make_current(std::string_view name, const std::string& file) {
  MERLON_CHECK(
      write_file_atomically(folder_of(name) + "/" + std::string(kCurrentFile), file + "\n", 0600));
  return folder_of(name) + "/" + file;
}

Result<std::string> PolicyStore::install(std::string_view name, std::uint64_t version,
                                         std::string_view bytes) {
  MERLON_TRY(const auto stored, versions(name));
  const std::string file =
      std::to_string(version) + "-" + sha256_hex(bytes).substr(0, kDigestShown) + ".toml";
  for (const StoredPolicy& one : stored) {
    if (one.file == file) {
      return make_current(name, file);
    }
  }
  if (!stored.empty() && version <= stored.back().version) {
    Error error = make_error(ErrorCode::kUsage, "version ", std::to_string(version), " of `", name,
                             "` is not above version ", std::to_string(stored.back().version),
                             ", which is installed");
    error.hints.emplace_back("raise `version`, or go back with `merlon policy rollback`");
    return std::unexpected(std::move(error));
  }
  std::error_code problem;
  std::filesystem::create_directories(folder_of(name), problem);
  if (problem) {
    return fail(ErrorCode::kIo, "cannot make `", folder_of(name), "`: ", problem.message());
  }
  MERLON_CHECK(write_file_atomically(folder_of(name) + "/" + file, bytes, 0600));
  return make_current(name, file);
}

Result<std::string> PolicyStore::rollback(std::string_view name) {
  MERLON_TRY(const std::string now, current(name));
  MERLON_TRY(const auto stored, versions(name));
  const StoredPolicy* former = nullptr;
  for (const StoredPolicy& one : stored) {
    if (now.ends_with("/" + one.file)) {
      break;
    }
    former = &one;
  }
  if (former == nullptr) {
    return fail(ErrorCode::kUsage, "there is no version of `", name, "` before the current one");
  }
  return make_current(name, former->file);
}

}  // namespace merlon
