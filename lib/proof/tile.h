#pragma once
/// Tiles of a log (C2SP tlog-tiles): 256 hashes each, so that a log of any size is a set of files
/// that never change once they are full. docs/spec/audit.md.
///
///   TileFrontier tree;
///   tree.append(merkle_leaf(line));
///   for (const Tile& tile : tree.take_full()) { write(tile_path(tile.place), tile_bytes(tile)); }
///   const Sha256 root = tree.root();
///
/// The frontier keeps at most 255 hashes a level, whatever the size. Values; not for many threads
/// while it grows.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/merkle.h"

namespace merlon {

inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kMostTileLevel = 7;  ///< 256^8 records do not fit into 64 bits
inline constexpr std::size_t kMostLogEntry = 65535;

struct TilePlace {
  unsigned level{0};
  std::uint64_t index{0};
  std::uint64_t width{kTileWidth};  ///< 1 to 256
  [[nodiscard]] bool operator==(const TilePlace&) const = default;
};

struct Tile {
  TilePlace place;
  std::vector<Sha256> hashes;
};

/// `tile/0/x001/234`, `tile/1/000.p/17`.
[[nodiscard]] std::string tile_path(const TilePlace& place);
/// `tile/entries/000.p/17`.
[[nodiscard]] std::string entry_bundle_path(std::uint64_t index, std::uint64_t width);
[[nodiscard]] std::string tile_bytes(const Tile& tile);
/// Nothing when the bytes are not `width` hashes.
[[nodiscard]] std::optional<std::vector<Sha256>> parse_tile(std::string_view bytes,
                                                            std::uint64_t width);
/// The tiles that end in the last record of a log of `size` and are not full, lowest level first.
[[nodiscard]] std::vector<TilePlace> partial_tiles(std::uint64_t size);

/// The entries of a bundle, each with two bytes of length before it. `kFormat` for bytes left over
/// or missing, `kLimit` above 256 entries.
[[nodiscard]] Result<std::vector<std::string_view>> parse_entry_bundle(std::string_view bytes);
/// `entry` has at most kMostLogEntry bytes.
void append_bundle_entry(std::string& bundle, std::string_view entry);

class TileFrontier {
 public:
  void append(const Sha256& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Sha256 root() const;
  /// Tiles that became full since the last call.
  [[nodiscard]] std::vector<Tile> take_full();
  /// As partial_tiles(size()).
  [[nodiscard]] std::vector<Tile> partial() const;
  /// From the partial tiles of a log of `size`, in the order of partial_tiles(). Nothing when they
  /// are others.
  [[nodiscard]] static std::optional<TileFrontier> restore(std::uint64_t size,
                                                           std::span<const Tile> tiles);

 private:
  std::uint64_t size_{0};
  std::vector<std::vector<Sha256>> levels_;  ///< of each level what is in no full tile
  std::vector<Tile> full_;
};

}  // namespace merlon
