// Ed25519 vectors of C2SP: Wycheproof, and CCTV's edge cases. They are not part of this repository:
// MERLON_PEER_VECTORS names the folder that has them (default: ../shared/vectors).
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/signature/signature.h"

using namespace merlon;

namespace {

std::string signature_vectors(const std::string& file) {
  const char* named = std::getenv("MERLON_PEER_VECTORS");
  return std::string(named != nullptr ? named : MERLON_SOURCE_DIR "/../shared/vectors") + file;
}

std::string bytes_of_hex(std::string_view hex) {
  std::string out;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  }
  return out;
}

std::optional<Document> read_vectors(const std::string& file) {
  const auto files = make_disk_files();
  auto source = files->read(signature_vectors(file), 8U << 20U);
  if (!source) {
    return std::nullopt;
  }
  auto document = parse_json(*source, JsonDialect::kStrict, Limits{});
  REQUIRE(document.has_value());
  return *std::move(document);
}

bool accepts(const std::string& key, std::string_view message, const std::string& signature) {
  Ed25519PublicKey public_key{};
  REQUIRE(key.size() == public_key.size());
  std::copy(key.begin(), key.end(), public_key.begin());
  const auto answer = verify_ed25519(public_key, message, signature);
  REQUIRE(answer.has_value());
  return *answer;
}

}  // namespace

TEST_CASE("Wycheproof Ed25519: all 88 valid signatures pass, all 63 others do not") {
  const auto document = read_vectors("/wycheproof/ed25519_test.json");
  if (!document) {
    MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/wycheproof");
    return;
  }
  std::size_t valid = 0;
  std::size_t invalid = 0;
  for (const NodeId group : document->elements(*document->find(0, "testGroups"))) {
    const auto key_node = document->find(group, "publicKey");
    const std::string key = bytes_of_hex(document->string_or(document->find(key_node, "pk"), ""));
    for (const NodeId test : document->elements(*document->find(group, "tests"))) {
      const std::string id(document->raw(*document->find(test, "tcId")));
      CAPTURE(id);
      const bool expected = document->string_or(document->find(test, "result"), "") == "valid";
      (expected ? valid : invalid) += 1;
      CHECK(accepts(key, bytes_of_hex(document->string_or(document->find(test, "msg"), "")),
                    bytes_of_hex(document->string_or(document->find(test, "sig"), ""))) ==
            expected);
    }
  }
  CHECK(valid == 88);
  CHECK(invalid == 63);
}

TEST_CASE("CCTV Ed25519: no second spelling of R and no residue of small order is accepted") {
  const auto document = read_vectors("/cctv/ed25519vectors.json");
  if (!document) {
    MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/cctv");
    return;
  }
  std::size_t accepted = 0;
  std::size_t admitted = 0;
  const auto vectors = document->elements(0);
  for (const NodeId vector : vectors) {
    std::set<std::string> flags;
    // `flags` is null where there is none.
    for (const NodeId flag :
         document->elements(document->find(vector, "flags", NodeKind::kArray).value_or(kNoNode))) {
      flags.insert(document->text(flag));
    }
    const std::string number(document->raw(*document->find(vector, "number")));
    CAPTURE(number);
    const std::string key = bytes_of_hex(document->string_or(document->find(vector, "key"), ""));
    const bool expected =
        !flags.contains("non_canonical_R") && !flags.contains("low_order_residue");
    CHECK(accepts(key, document->string_or(document->find(vector, "msg"), ""),
                  bytes_of_hex(document->string_or(document->find(vector, "sig"), ""))) ==
          expected);
    accepted += expected ? 1 : 0;

    // What merlon takes as a key at all: nothing of small order, one spelling only.
    Ed25519PublicKey public_key{};
    std::copy(key.begin(), key.end(), public_key.begin());
    const bool sound = is_sound_ed25519_key(public_key);
    CHECK(sound == (!flags.contains("low_order_A") && !flags.contains("non_canonical_A")));
    admitted += sound ? 1 : 0;
  }
  CHECK(vectors.size() == 914);
  CHECK(accepted == 208);
  CHECK(admitted > 0);
}
