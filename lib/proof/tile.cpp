#include "proof/tile.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace merlon {
namespace {

constexpr std::size_t kHashBytes = 32;

/// `x001/234/067` of 1234067.
std::string tile_number(std::uint64_t index) {
  std::string out;
  for (bool last = true;; last = false) {
    std::string digits = std::to_string(index % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    out.insert(0, last ? digits : "x" + digits + "/");
    index /= 1000;
    if (index == 0) {
      return out;
    }
  }
}

std::string numbered_path(std::string_view folder, std::uint64_t index, std::uint64_t width) {
  std::string path("tile/");
  path.append(folder).append("/").append(tile_number(index));
  if (width != kTileWidth) {
    path.append(".p/").append(std::to_string(width));
  }
  return path;
}

/// The root over 256 hashes.
Sha256 full_tile_root(std::vector<Sha256> hashes) {
  for (std::size_t count = hashes.size(); count > 1; count /= 2) {
    // In place: a pair is read before either of its results is written.
    hash_merkle_level(std::span(hashes).first(count), std::span(hashes).first(count / 2));
  }
  return hashes.front();
}

/// The roots of the complete subtrees over `hashes`, left to right.
void append_complete(std::vector<Sha256>& out, const std::vector<Sha256>& hashes) {
  std::size_t begin = 0;
  while (begin < hashes.size()) {
    const std::size_t part = std::bit_floor(hashes.size() - begin);
    const auto from = hashes.begin() + static_cast<std::ptrdiff_t>(begin);
    out.push_back(full_tile_root({from, from + static_cast<std::ptrdiff_t>(part)}));
    begin += part;
  }
}

}  // namespace

std::string tile_path(const TilePlace& place) {
  return numbered_path(std::to_string(place.level), place.index, place.width);
}

std::string entry_bundle_path(std::uint64_t index, std::uint64_t width) {
  return numbered_path("entries", index, width);
}

std::string tile_bytes(const Tile& tile) {
  std::string bytes;
  bytes.reserve(tile.hashes.size() * kHashBytes);
  for (const Sha256& hash : tile.hashes) {
    bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  }
  return bytes;
}

std::optional<std::vector<Sha256>> parse_tile(std::string_view bytes, std::uint64_t width) {
  if (width == 0 || width > kTileWidth || bytes.size() != width * kHashBytes) {
    return std::nullopt;
  }
  std::vector<Sha256> hashes(width);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::memcpy(hashes[i].data(), bytes.data() + i * kHashBytes, kHashBytes);
  }
  return hashes;
}

std::vector<TilePlace> partial_tiles(std::uint64_t size) {
  std::vector<TilePlace> places;
  for (unsigned level = 0; level <= kMostTileLevel && size > 0; ++level) {
    if (size % kTileWidth != 0) {
      places.push_back({.level = level, .index = size / kTileWidth, .width = size % kTileWidth});
    }
    size /= kTileWidth;
  }
  return places;
}

Result<std::vector<std::string_view>> parse_entry_bundle(std::string_view bytes) {
  std::vector<std::string_view> entries;
  while (!bytes.empty()) {
    if (entries.size() == kTileWidth) {
      return fail(ErrorCode::kLimit, "a bundle of a log has more than 256 entries");
    }
    if (bytes.size() < 2) {
      return fail(ErrorCode::kFormat, "a bundle of a log ends in the middle of a length");
    }
    const std::size_t length = (std::size_t{static_cast<unsigned char>(bytes[0])} << 8U) |
                               static_cast<unsigned char>(bytes[1]);
    if (bytes.size() - 2 < length) {
      return fail(ErrorCode::kFormat, "a bundle of a log ends in the middle of an entry");
    }
    entries.push_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  return entries;
}

void append_bundle_entry(std::string& bundle, std::string_view entry) {
  const std::size_t size = std::min(entry.size(), kMostLogEntry);
  bundle.push_back(static_cast<char>(size >> 8U));
  bundle.push_back(static_cast<char>(size & 0xFFU));
  bundle.append(entry.substr(0, size));
}

void TileFrontier::append(const Sha256& leaf) {
  ++size_;
  Sha256 hash = leaf;
  std::uint64_t count = size_;  // of the level's hashes
  for (unsigned level = 0;; ++level) {
    if (level == levels_.size()) {
      levels_.emplace_back().reserve(kTileWidth);
    }
    levels_[level].push_back(hash);
    if (levels_[level].size() < kTileWidth) {
      return;
    }
    hash = full_tile_root(levels_[level]);
    full_.push_back(
        {.place = {.level = level, .index = count / kTileWidth - 1}, .hashes = levels_[level]});
    levels_[level].clear();
    count /= kTileWidth;
  }
}

Sha256 TileFrontier::root() const {
  std::vector<Sha256> complete;
  for (std::size_t level = levels_.size(); level > 0; --level) {
    append_complete(complete, levels_[level - 1]);
  }
  if (complete.empty()) {
    return merkle_empty_root();
  }
  Sha256 root = complete.back();
  for (std::size_t at = complete.size() - 1; at > 0; --at) {
    root = merkle_node(complete[at - 1], root);
  }
  return root;
}

std::vector<Tile> TileFrontier::take_full() {
  std::vector<Tile> out;
  out.swap(full_);
  return out;
}

std::vector<Tile> TileFrontier::partial() const {
  std::vector<Tile> tiles;
  for (const TilePlace& place : partial_tiles(size_)) {
    tiles.push_back({.place = place, .hashes = levels_[place.level]});
  }
  return tiles;
}

std::optional<TileFrontier> TileFrontier::restore(std::uint64_t size, std::span<const Tile> tiles) {
  const std::vector<TilePlace> places = partial_tiles(size);
  if (places.size() != tiles.size()) {
    return std::nullopt;
  }
  TileFrontier out;
  out.size_ = size;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (tiles[i].place != places[i] || tiles[i].hashes.size() != places[i].width) {
      return std::nullopt;
    }
    while (out.levels_.size() <= places[i].level) {
      out.levels_.emplace_back().reserve(kTileWidth);
    }
    out.levels_[places[i].level].assign(tiles[i].hashes.begin(), tiles[i].hashes.end());
  }
  return out;
}

}  // namespace merlon
