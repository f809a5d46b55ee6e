// Tiles, checkpoints, cosignatures, proofs and policies of logs.
#include <vector>

#include <doctest/doctest.h>

#include "proof/checkpoint.h"
#include "proof/tile.h"
#include "proof/tlog_policy.h"
#include "proof/tlog_proof.h"

using namespace merlon;

namespace {

SigningKey key_of(std::string_view name, char fill) {
  return make_signing_key(name, Ed25519PrivateKey::from_seed(std::string(32, fill)).value())
      .value();
}
SigningKey witness_of(std::string_view name, char fill) {
  return make_witness_key(name, Ed25519PrivateKey::from_seed(std::string(32, fill)).value())
      .value();
}

Note checkpoint_note(const SigningKey& log) {
  Note note{.text = to_string(Checkpoint{.origin = log.verifier.name,
                                         .head = {.size = 1, .root = merkle_leaf("a")}})};
  REQUIRE(sign_note(note, log).has_value());
  return note;
}

}  // namespace

TEST_CASE("tiles: paths are those of the specification") {
  CHECK(tile_path({.level = 0, .index = 0}) == "tile/0/000");
  CHECK(tile_path({.level = 1, .index = 1234067}) == "tile/1/x001/x234/067");
  CHECK(tile_path({.level = 2, .index = 0, .width = 17}) == "tile/2/000.p/17");
  CHECK(entry_bundle_path(273, 112) == "tile/entries/273.p/112");
  // The specification's example: a log of 70,000 records.
  CHECK(partial_tiles(70'000) == std::vector<TilePlace>{{.level = 0, .index = 273, .width = 112},
                                                        {.level = 1, .index = 1, .width = 17},
                                                        {.level = 2, .index = 0, .width = 1}});
  CHECK(partial_tiles(65'536) == std::vector<TilePlace>{{.level = 2, .index = 0, .width = 1}});
  CHECK(partial_tiles(0).empty());
}

TEST_CASE("tiles: the frontier has the tree's root at every size, and after a restart") {
  MerkleTree tree;
  TileFrontier frontier;
  CHECK(frontier.root() == merkle_empty_root());
  std::size_t full = 0;
  for (int i = 0; i < 1200; ++i) {
    const Sha256 leaf = merkle_leaf(std::to_string(i));
    tree.append(leaf);
    frontier.append(leaf);
    for (const Tile& tile : frontier.take_full()) {
      ++full;
      CHECK(tile.hashes.front() == tree.complete(8 * tile.place.level, tile.place.index * 256));
      CHECK(parse_tile(tile_bytes(tile), 256) == tile.hashes);
    }
    if (i % 97 == 0 || i == 255 || i == 256) {
      CHECK(frontier.root() == tree.root(tree.size()));
      const auto again = TileFrontier::restore(frontier.size(), frontier.partial());
      REQUIRE(again.has_value());
      CHECK(again->root() == frontier.root());
    }
  }
  CHECK(full == 4);
  CHECK_FALSE(TileFrontier::restore(5, {}).has_value());
}

TEST_CASE("bundles: entries are read back; what is left over or missing is refused") {
  std::string bundle;
  append_bundle_entry(bundle, "one");
  append_bundle_entry(bundle, "");
  append_bundle_entry(bundle, std::string(kMostLogEntry, 'x'));
  const auto entries = parse_entry_bundle(bundle);
  REQUIRE(entries.has_value());
  CHECK(*entries == std::vector<std::string_view>{"one", "", std::string_view(bundle).substr(9)});
  CHECK(parse_entry_bundle(bundle.substr(0, bundle.size() - 1)).error().code == ErrorCode::kFormat);
  CHECK(parse_entry_bundle(std::string_view("\0", 1)).error().code == ErrorCode::kFormat);
  CHECK(parse_entry_bundle(std::string(514, '\0')).error().code == ErrorCode::kLimit);
}

TEST_CASE("checkpoint: one spelling is read back, all others are refused") {
  const Checkpoint checkpoint{.origin = "example.com/log",
                              .head = {.size = 12, .root = merkle_leaf("a")},
                              .extensions = "more\n"};
  const std::string text = to_string(checkpoint);
  CHECK(parse_checkpoint(text).value() == checkpoint);
  const std::string root = hash_text(merkle_leaf("a"));
  for (const std::string& other : std::vector<std::string>{
           std::string(), "o\n1\n", "\n1\n" + root + "\n", "o\n01\n" + root + "\n",
           "o\n-1\n" + root + "\n", "o\n18446744073709551616\n" + root + "\n",
           "o\n1\n" + root.substr(4) + "\n", "o\n0\n" + root + "\n", "o\n1\n" + root + "\n\n",
           "o\n1\n" + root + "\nx", "o\n1\n" + root}) {
    CAPTURE(other);
    CHECK_FALSE(parse_checkpoint(other).has_value());
  }
  CHECK(parse_checkpoint("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").has_value());
}

TEST_CASE("log proof: read back; wrong heads, hashes and order are refused") {
  const TlogProof proof{
      .extra = "record", .index = 7, .hashes = {merkle_leaf("x")}, .checkpoint = "o\n8\n"};
  CHECK(parse_tlog_proof(to_string(proof)).value() == proof);
  for (const std::string& other : std::vector<std::string>{
           "", "c2sp.org/tlog-proof@v2\nindex 1\n\nx\n", "c2sp.org/tlog-proof@v1\nindex 01\n\nx\n",
           "c2sp.org/tlog-proof@v1\n\nx\n", "c2sp.org/tlog-proof@v1\nindex 1\nzz\n\nx\n",
           "c2sp.org/tlog-proof@v1\nindex 1\nextra aaaa\n\nx\n",
           "c2sp.org/tlog-proof@v1\nindex 1\n\n"}) {
    CAPTURE(other);
    CHECK_FALSE(parse_tlog_proof(other).has_value());
  }
}

TEST_CASE("cosignatures: count towards the quorum of the policy they stand in") {
  const SigningKey log = key_of("example.com/log", 'l');
  const SigningKey one = witness_of("one.example", '1');
  const SigningKey two = witness_of("two.example", '2');
  const std::string text = "# trusted\nlog " + to_string(log.verifier) + "\nwitness w1 " +
                           to_string(one.verifier) + " https://one.example\nwitness w2 " +
                           to_string(two.verifier) +
                           "\ngroup any1 any w1 w2\ngroup both all w1 w2\n";
  const auto any = parse_tlog_policy(text + "quorum any1\n", "p").value();
  const auto both = parse_tlog_policy(text + "quorum both\n", "p").value();
  const auto none = parse_tlog_policy(text + "quorum none\n", "p").value();
  Note note = checkpoint_note(log);
  CHECK_FALSE(judge_by_policy(note, any)->quorum);
  CHECK(judge_by_policy(note, none)->quorum);
  REQUIRE(cosign_note(note, one, 1'800'000'000).has_value());
  CHECK(judge_by_policy(note, any)->quorum);
  CHECK(judge_by_policy(note, any)->times == std::vector<std::uint64_t>{1'800'000'000});
  CHECK_FALSE(judge_by_policy(note, both)->quorum);
  REQUIRE(cosign_note(note, two, 1'800'000'001).has_value());
  CHECK(judge_by_policy(note, both)->quorum);
  CHECK(judge_by_policy(note, both)->log.answer == NoteAnswer::kVerified);
  Note moved = note;
  moved.signatures.back().bytes[7] ^= 1;  // its time
  CHECK(judge_by_policy(moved, any)->bad_cosignature);
  CHECK_FALSE(judge_by_policy(moved, none)->quorum);
  CHECK(parse_note(to_string(note)).value() == note);
}

TEST_CASE("log policy: what is not one is refused with its line") {
  const std::string log = "log " + to_string(key_of("l", 'l').verifier) + "\n";
  const std::string witness = "witness w " + to_string(witness_of("w", 'w').verifier) + "\n";
  for (const std::string& text : std::vector<std::string>{
           std::string(), log, "quorum none\n", log + "quorum w\n",
           log + "quorum none\nquorum none\n", log + witness + witness + "quorum w\n",
           log + witness + "group g 2 w\nquorum g\n", log + witness + "group g 0 w\nquorum g\n",
           log + "group g any w\n" + witness + "quorum g\n",
           log + witness + "group g all w w\nquorum g\n", log + "witness w x\nquorum none\n",
           log + "witness w " + to_string(key_of("l", 'l').verifier) + "\nquorum none\n",
           log + "policy x\nquorum none\n", log + witness + "group none any w\nquorum none\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_tlog_policy(text, "policy").has_value());
  }
  const auto wrong = parse_tlog_policy(log + "\npolicy x\n", "policy");
  CHECK(wrong.error().where.line == 3);
}
