#include "proof/merkle.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

std::vector<Sha256> some_leaves(std::size_t count) {
  std::vector<Sha256> leaves;
  for (std::size_t at = 0; at < count; ++at) {
    leaves.push_back(merkle_leaf("record " + std::to_string(at)));
  }
  return leaves;
}

/// The definition of RFC 6962, 2.1, word by word.
Sha256 root_by_definition(std::span<const Sha256> leaves) {
  if (leaves.empty()) {
    return sha256("");
  }
  if (leaves.size() == 1) {
    return leaves[0];
  }
  std::size_t left = 1;
  while (left * 2 < leaves.size()) {
    left *= 2;
  }
  return merkle_node(root_by_definition(leaves.first(left)),
                     root_by_definition(leaves.subspan(left)));
}

MerkleTree tree_of(std::span<const Sha256> leaves) {
  MerkleTree tree;
  for (const Sha256& leaf : leaves) {
    tree.append(leaf);
  }
  return tree;
}

}  // namespace

TEST_CASE(
    "merkle: hashes of leaves and nodes are told apart, and the empty tree is SHA-256 of nothing") {
  CHECK(to_hex(merkle_empty_root()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(merkle_leaf("")) ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  const Sha256 a = merkle_leaf("a");
  CHECK(merkle_node(a, a) != merkle_leaf(std::string(64, 'a')));
}

TEST_CASE("merkle: the root of every size up to 70 is that of the definition") {
  const auto leaves = some_leaves(70);
  const MerkleTree tree = tree_of(leaves);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    CAPTURE(size);
    CHECK(tree.root(size) == root_by_definition(std::span(leaves).first(size)));
  }
}

TEST_CASE(
    "merkle: every inclusion proof up to 40 verifies at its place only, and no changed one does") {
  const auto leaves = some_leaves(40);
  const MerkleTree tree = tree_of(leaves);
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    const Sha256 root = tree.root(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      CAPTURE(size);
      CAPTURE(index);
      auto proof = tree.inclusion(index, size).value();
      CHECK(verify_inclusion({index, size}, leaves[index], proof, root));
      CHECK_FALSE(verify_inclusion({index + 1, size}, leaves[index], proof, root));
      CHECK_FALSE(verify_inclusion({index, size}, leaves[(index + 1) % 40], proof, root));
      for (Sha256& hash : proof) {
        hash[7] ^= 1U;
        CHECK_FALSE(verify_inclusion({index, size}, leaves[index], proof, root));
        hash[7] ^= 1U;
      }
      proof.push_back(root);
      CHECK_FALSE(verify_inclusion({index, size}, leaves[index], proof, root));
      proof.pop_back();
      if (!proof.empty()) {
        proof.pop_back();
        CHECK_FALSE(verify_inclusion({index, size}, leaves[index], proof, root));
      }
    }
  }
  CHECK_FALSE(tree.inclusion(3, 3).has_value());
  CHECK_FALSE(tree.inclusion(0, 41).has_value());
}

TEST_CASE("merkle: every consistency proof up to 40 verifies, and no changed one does") {
  const auto leaves = some_leaves(40);
  const MerkleTree tree = tree_of(leaves);
  for (std::uint64_t newer = 1; newer <= leaves.size(); ++newer) {
    for (std::uint64_t older = 1; older <= newer; ++older) {
      CAPTURE(older);
      CAPTURE(newer);
      auto proof = tree.consistency(older, newer).value();
      const TreeHead from{older, tree.root(older)};
      const TreeHead to{newer, tree.root(newer)};
      CHECK(verify_consistency(from, to, proof));
      for (Sha256& hash : proof) {
        hash[0] ^= 0x80U;
        CHECK_FALSE(verify_consistency(from, to, proof));
        hash[0] ^= 0x80U;
      }
      CHECK_FALSE(verify_consistency(from, {newer, merkle_leaf("x")}, proof));
      CHECK_FALSE(verify_consistency({older, merkle_leaf("x")}, to, proof));
      proof.push_back(to.root);
      CHECK_FALSE(verify_consistency(from, to, proof));
    }
  }
  CHECK_FALSE(tree.consistency(4, 3).has_value());
  CHECK_FALSE(tree.consistency(3, 41).has_value());
}

TEST_CASE("merkle: a history that was rewritten is not consistent with an older head") {
  auto leaves = some_leaves(21);
  const MerkleTree before = tree_of(std::span(leaves).first(13));
  leaves[4] = merkle_leaf("another");
  const MerkleTree after = tree_of(leaves);
  const auto proof = after.consistency(13, 21).value();
  CHECK_FALSE(verify_consistency({13, before.root(13)}, {21, after.root(21)}, proof));
  // A truncated log is not consistent either, whatever proof comes with it.
  CHECK_FALSE(verify_consistency({13, before.root(13)}, {12, before.root(12)}, {}));
}

TEST_CASE("merkle: the largest sizes do not overflow the verifier") {
  const std::vector<Sha256> proof(200);
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  CHECK_FALSE(verify_inclusion({kMost - 1, kMost}, Sha256{}, proof, Sha256{}));
  CHECK_FALSE(verify_consistency({kMost - 1, {}}, {kMost, {}}, proof));
  CHECK_FALSE(verify_consistency({std::uint64_t{1} << 63U, {}}, {kMost, {}}, proof));
}

}  // namespace merlon
