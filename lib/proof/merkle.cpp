#include "proof/merkle.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <thread>
#include <utility>

#include "base/digest/leaf_digest.h"

namespace merlon {
namespace {

std::string_view hash_bytes(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// The largest power of two below `size`, which is above one.
std::uint64_t left_size(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

/// One step of both proofs of consistency: the roots that grow from a shared start.
struct GrowingRoots {
  Sha256 older{};
  Sha256 newer{};
};

/// RFC 9162, 2.1.4.2, from step 4 on.
std::optional<GrowingRoots> walk_consistency(std::uint64_t older, std::uint64_t newer,
                                             const Sha256& start, std::span<const Sha256> proof) {
  std::uint64_t from = older - 1;
  std::uint64_t to = newer - 1;
  const auto shift = static_cast<unsigned>(std::countr_one(from));
  from = shift < 64 ? from >> shift : 0;
  to = shift < 64 ? to >> shift : 0;
  GrowingRoots roots{.older = start, .newer = start};
  for (const Sha256& hash : proof) {
    if (to == 0) {
      return std::nullopt;
    }
    if ((from & 1U) != 0 || from == to) {
      roots.older = merkle_node(hash, roots.older);
      roots.newer = merkle_node(hash, roots.newer);
      while ((from & 1U) == 0 && from != 0) {
        from >>= 1U;
        to >>= 1U;
      }
    } else {
      roots.newer = merkle_node(roots.newer, hash);
    }
    from >>= 1U;
    to >>= 1U;
  }
  return to == 0 ? std::optional(roots) : std::nullopt;
}

}  // namespace

Sha256 merkle_leaf(std::string_view record) {
  return sha256_prefixed('\0', record);
}

Sha256 merkle_node(const Sha256& left, const Sha256& right) {
  std::array<char, 65> bytes{};
  bytes[0] = 1;
  std::ranges::copy(hash_bytes(left), bytes.begin() + 1);
  std::ranges::copy(hash_bytes(right), bytes.begin() + 33);
  return sha256({bytes.data(), bytes.size()});
}

std::array<Sha256, 2> merkle_leaf_pair(std::string_view a, std::string_view b) {
  return sha256_prefixed_pair('\0', a, b);
}

void hash_merkle_level(std::span<const Sha256> below, std::span<Sha256> above) {
  // Both children stand side by side, as the hash wants them.
  const auto children = [&](std::size_t i) {
    return std::string_view(reinterpret_cast<const char*>(&below[2 * i]), 2 * sizeof(Sha256));
  };
  std::size_t i = 0;
  for (; i + 1 < above.size(); i += 2) {
    const auto pair = sha256_prefixed_pair('\1', children(i), children(i + 1));
    above[i] = pair[0];
    above[i + 1] = pair[1];
  }
  if (i < above.size()) {
    above[i] = merkle_node(below[2 * i], below[2 * i + 1]);
  }
}

Sha256 merkle_empty_root() {
  return sha256("");
}

// RFC 9162, 2.1.3.2.
std::optional<Sha256> root_of_inclusion(LeafPlace place, const Sha256& leaf,
                                        std::span<const Sha256> proof) {
  if (place.index >= place.size) {
    return std::nullopt;
  }
  std::uint64_t at = place.index;
  std::uint64_t last = place.size - 1;
  Sha256 root = leaf;
  for (const Sha256& hash : proof) {
    if (last == 0) {
      return std::nullopt;
    }
    if ((at & 1U) != 0 || at == last) {
      root = merkle_node(hash, root);
      while ((at & 1U) == 0 && at != 0) {
        at >>= 1U;
        last >>= 1U;
      }
    } else {
      root = merkle_node(root, hash);
    }
    at >>= 1U;
    last >>= 1U;
  }
  return last == 0 ? std::optional(root) : std::nullopt;
}

bool verify_inclusion(LeafPlace place, const Sha256& leaf, std::span<const Sha256> proof,
                      const Sha256& root) {
  const auto reached = root_of_inclusion(place, leaf, proof);
  return reached && *reached == root;
}

bool verify_consistency(const TreeHead& older, const TreeHead& newer,
                        std::span<const Sha256> proof) {
  if (older.size == 0 || older.size > newer.size) {
    return false;
  }
  if (older.size == newer.size) {
    return proof.empty() && older.root == newer.root;
  }
  if (proof.empty()) {
    return false;
  }
  // The root of a complete older tree is the start itself and not part of the proof.
  const bool complete = std::has_single_bit(older.size);
  const Sha256& start = complete ? older.root : proof.front();
  const auto roots =
      walk_consistency(older.size, newer.size, start, complete ? proof : proof.subspan(1));
  return roots && roots->older == older.root && roots->newer == newer.root;
}

MerkleTree::MerkleTree(std::vector<Sha256> leaves, unsigned threads) {
  constexpr std::size_t kWorthAThread = 1U << 14U;
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<Sha256>& below = levels_.back();
    std::vector<Sha256> above(below.size() / 2);
    const auto hash_range = [&](std::size_t begin, std::size_t end) {
      hash_merkle_level(std::span(below).subspan(2 * begin),
                        std::span(above).subspan(begin, end - begin));
    };
    const std::size_t parts =
        std::clamp<std::size_t>(above.size() / kWorthAThread, 1, std::max(threads, 1U));
    std::vector<std::jthread> helpers;
    for (std::size_t part = 1; part < parts; ++part) {
      helpers.emplace_back(hash_range, above.size() * part / parts,
                           above.size() * (part + 1) / parts);
    }
    hash_range(0, above.size() / parts);
    helpers.clear();  // waits
    levels_.push_back(std::move(above));
  }
}

void MerkleTree::append(const Sha256& leaf) {
  Sha256 hash = leaf;
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) {
      levels_.emplace_back();
    }
    levels_[level].push_back(hash);
    const std::size_t count = levels_[level].size();
    if (count % 2 != 0) {
      return;
    }
    hash = merkle_node(levels_[level][count - 2], levels_[level][count - 1]);
  }
}

/// Over records [begin, begin + size); `begin` is a multiple of the size's largest power of two.
Sha256 MerkleTree::range_root(std::uint64_t begin, std::uint64_t size) const {
  std::vector<Sha256> complete;  // subtrees from left to right, each smaller than the one before
  while (size > 0) {
    const std::uint64_t part = std::bit_floor(size);
    const auto level = static_cast<std::size_t>(std::countr_zero(part));
    complete.push_back(levels_[level][begin >> level]);
    begin += part;
    size -= part;
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

Sha256 MerkleTree::root(std::uint64_t size) const {
  return range_root(0, std::min(size, this->size()));
}

std::optional<std::vector<Sha256>> MerkleTree::inclusion(std::uint64_t index,
                                                         std::uint64_t size) const {
  if (index >= size || size > this->size()) {
    return std::nullopt;
  }
  std::vector<Sha256> proof;
  std::uint64_t begin = 0;
  while (size > 1) {
    const std::uint64_t left = left_size(size);
    if (index - begin < left) {
      proof.push_back(range_root(begin + left, size - left));
      size = left;
    } else {
      proof.push_back(range_root(begin, left));
      begin += left;
      size -= left;
    }
  }
  std::ranges::reverse(proof);
  return proof;
}

std::optional<std::vector<Sha256>> MerkleTree::consistency(std::uint64_t older,
                                                           std::uint64_t newer) const {
  if (older > newer || newer > this->size()) {
    return std::nullopt;
  }
  std::vector<Sha256> proof;
  if (older == 0 || older == newer) {
    return proof;
  }
  std::uint64_t begin = 0;
  bool known_root = true;  // the older root itself, which the reader has
  while (older != newer) {
    const std::uint64_t left = left_size(newer);
    if (older <= left) {
      proof.push_back(range_root(begin + left, newer - left));
      newer = left;
    } else {
      proof.push_back(range_root(begin, left));
      begin += left;
      older -= left;
      newer -= left;
      known_root = false;
    }
  }
  if (!known_root) {
    proof.push_back(range_root(begin, newer));
  }
  std::ranges::reverse(proof);
  return proof;
}

}  // namespace merlon
