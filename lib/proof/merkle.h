#pragma once
/// The Merkle tree of RFC 6962: hashes, roots, proofs that a record is in a log (inclusion) and
/// that a log only grew (consistency).
///
///   MerkleTree tree;
///   tree.append(merkle_leaf(line));
///   const Sha256 root = tree.root(tree.size());
///   const auto proof = tree.inclusion(index, tree.size());
///   bool in_it = verify_inclusion({.index = index, .size = size}, merkle_leaf(line), *proof,
///   root);
///
/// A proof that is wrong is an answer (`false`). Pure but for `append`; const members are safe from
/// many threads.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/digest/digest.h"

namespace merlon {

/// SHA-256(00 || record).
[[nodiscard]] Sha256 merkle_leaf(std::string_view record);
/// SHA-256(01 || left || right).
[[nodiscard]] Sha256 merkle_node(const Sha256& left, const Sha256& right);
/// The leaves of two records, in less time than one by one.
[[nodiscard]] std::array<Sha256, 2> merkle_leaf_pair(std::string_view a, std::string_view b);
/// above[i] is the node over below[2 * i] and below[2 * i + 1]; `below` has twice as many, or one
/// more.
void hash_merkle_level(std::span<const Sha256> below, std::span<Sha256> above);
/// Of no records: SHA-256 of nothing.
[[nodiscard]] Sha256 merkle_empty_root();

struct LeafPlace {
  std::uint64_t index{0};
  std::uint64_t size{0};  ///< of the tree
};

/// The root that a proof leads to; nothing when the proof has the wrong length for the place or the
/// place is not in the tree. Nearest hash first.
[[nodiscard]] std::optional<Sha256> root_of_inclusion(LeafPlace place, const Sha256& leaf,
                                                      std::span<const Sha256> proof);
[[nodiscard]] bool verify_inclusion(LeafPlace place, const Sha256& leaf,
                                    std::span<const Sha256> proof, const Sha256& root);

/// One state of a log.
struct TreeHead {
  std::uint64_t size{0};
  Sha256 root{};
  [[nodiscard]] bool operator==(const TreeHead&) const = default;
};

/// True when `newer` holds the records of `older` as its first ones. Equal sizes need equal roots
/// and no proof. An empty older tree says nothing and is refused.
[[nodiscard]] bool verify_consistency(const TreeHead& older, const TreeHead& newer,
                                      std::span<const Sha256> proof);

/// All hashes of complete subtrees: 64 bytes a record, and every root and proof of every size in
/// O(log n) hashes. Not for many threads while it grows.
class MerkleTree {
 public:
  MerkleTree() = default;
  /// All records at once, on this many threads.
  MerkleTree(std::vector<Sha256> leaves, unsigned threads);
  void append(const Sha256& leaf);
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  /// Over records [index << level, (index + 1) << level), which are all there.
  [[nodiscard]] const Sha256& complete(unsigned level, std::uint64_t index) const {
    return levels_[level][index];
  }
  /// The root over the first `size` records; `size` is at most `size()`.
  [[nodiscard]] Sha256 root(std::uint64_t size) const;
  /// Nothing unless `index` < `size` <= `size()`.
  [[nodiscard]] std::optional<std::vector<Sha256>> inclusion(std::uint64_t index,
                                                             std::uint64_t size) const;
  /// Nothing unless `older` <= `newer` <= `size()`.
  [[nodiscard]] std::optional<std::vector<Sha256>> consistency(std::uint64_t older,
                                                               std::uint64_t newer) const;

 private:
  [[nodiscard]] Sha256 range_root(std::uint64_t begin, std::uint64_t size) const;

  std::vector<std::vector<Sha256>> levels_;  ///< [l][i]: over records [i << l, (i + 1) << l)
};

}  // namespace merlon
