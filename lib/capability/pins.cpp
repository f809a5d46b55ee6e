#include "capability/pins.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/digest/digest.h"
#include "base/text.h"
#include "capability/observed_servers.h"

namespace merlon {
namespace {

constexpr std::string_view kEmptyLock = "{\"merlon_lock\":1,\"version\":1,\"servers\":[]}";
constexpr std::size_t kLongestPinName = 64;

std::unexpected<std::vector<Error>> one_error(Error error) {
  std::vector<Error> errors;
  errors.push_back(std::move(error));
  return std::unexpected(std::move(errors));
}

bool is_file_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

}  // namespace

Result<Manifest> manifest_of_server(Manifest manifest, std::string_view server) {
  std::uint32_t wanted = 0;
  if (manifest.servers.size() > 1) {
    const auto found = std::ranges::find(manifest.servers, server, &Server::name);
    if (found == manifest.servers.end()) {
      return fail(ErrorCode::kNotFound, "`", manifest.file(), "` has no server `", server, "`");
    }
    wanted = static_cast<std::uint32_t>(found - manifest.servers.begin());
  }
  const bool whole = manifest.servers.size() <= 1;
  if (manifest.servers.empty()) {
    manifest.servers.push_back({.name = {}, .node = manifest.document.root()});
  }
  Server kept = std::move(manifest.servers[wanted]);
  kept.name = server;
  manifest.servers.clear();
  manifest.servers.push_back(std::move(kept));
  if (!whole) {
    std::erase_if(manifest.items, [&](const Item& item) { return item.server != wanted; });
  }
  for (Item& item : manifest.items) {
    item.server = 0;
  }
  return manifest;
}

std::string pin_file_name(std::string_view server, std::string_view launch_digest) {
  std::string name;
  for (const char c : server.substr(0, kLongestPinName)) {
    name += is_file_char(c) ? c : '_';
  }
  if (name != server || name.starts_with('.')) {
    name = "_" + name + "-" + sha256_hex(server).substr(0, 16);
  }
  std::string_view digest = launch_digest;
  if (digest.starts_with("sha256:")) {
    digest.remove_prefix(7);
  }
  const bool plain = !digest.empty() && std::ranges::all_of(digest, is_file_char);
  return name + "-" + (plain ? std::string(digest) : std::string("none")) + ".lock";
}

Checked<std::vector<StoredPins>> PinStore::list() const {
  std::vector<StoredPins> out;
  const auto entries = files_.list(folder_);
  if (!entries) {
    if (entries.error().code == ErrorCode::kNotFound) {
      return out;
    }
    return one_error(entries.error());
  }
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with(".lock")) {
      continue;
    }
    auto source = files_.read(folder_ + "/" + entry.name, limits_.file_bytes);
    if (!source) {
      return one_error(std::move(source).error());
    }
    auto lock = load_lock(*std::move(source), limits_);
    if (!lock) {
      return std::unexpected(std::move(lock).error());
    }
    out.push_back({.file = entry.name, .lock = *std::move(lock)});
  }
  return out;
}

Checked<Lock> PinStore::load(std::string_view server, std::string_view launch_digest) const {
  auto source =
      files_.read(folder_ + "/" + pin_file_name(server, launch_digest), limits_.file_bytes);
  if (!source) {
    if (source.error().code != ErrorCode::kNotFound) {
      return one_error(std::move(source).error());
    }
    return load_lock(SourceText::copy_of("pins", std::string(kEmptyLock)), limits_);
  }
  return load_lock(*std::move(source), limits_);
}

Checked<PinDraft> PinStore::draft(std::string_view server,
                                  std::span<const Manifest* const> manifests,
                                  const LockOptions& options) const {
  std::string digest;
  for (const ObservedServer& one : observe_servers(manifests, options)) {
    digest = std::max(digest, one.launch_digest);
  }
  auto old = load(server, digest);
  if (!old) {
    return std::unexpected(std::move(old).error());
  }
  PinDraft draft;
  draft.path = folder_ + "/" + pin_file_name(server, digest);
  draft.first = old->servers.empty();
  draft.version = draft.first ? 1 : next_lock_version(manifests, options, *old);
  auto text = lock_text(manifests, options, draft.version);
  if (!text) {
    return std::unexpected(std::move(text).error());
  }
  draft.text = *std::move(text);
  draft.same = !draft.first && draft.version == old->version;
  if (!draft.same) {
    draft.drift = compare_lock(*old, manifests, options);
  }
  return draft;
}

Status PinStore::keep(const PinDraft& draft) const {
  std::error_code problem;
  const bool made = std::filesystem::create_directories(folder_, problem);
  if (!problem && made) {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, problem);
  }
  if (problem) {
    return fail(ErrorCode::kIo, "cannot make `", folder_, "`: ", problem.message());
  }
  return write_file_atomically(draft.path, draft.text, 0600);
}

}  // namespace merlon
