// Merkle proofs of transparency-dev/merkle, and the log of transparency-dev/tessera. They are not
// part of this repository: MERLON_PEER_VECTORS names the folder (default: ../shared/vectors).
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/base64.h"
#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "proof/merkle.h"
#include "proof/note.h"

using namespace merlon;

namespace {

std::string log_vectors(const std::string& file) {
  const char* named = std::getenv("MERLON_PEER_VECTORS");
  return std::string(named != nullptr ? named : MERLON_SOURCE_DIR "/../shared/vectors") + file;
}

/// Every .json file below a folder.
std::vector<Document> merkle_cases(const std::string& kind) {
  const auto files = make_disk_files();
  std::vector<std::string> folders{log_vectors("/rfc6962/" + kind)};
  std::vector<Document> cases;
  while (!folders.empty()) {
    const std::string folder = folders.back();
    folders.pop_back();
    const auto entries = files->list(folder);
    if (!entries) {
      return cases;
    }
    for (const DirectoryEntry& entry : *entries) {
      const std::string path = folder + "/" + entry.name;
      if (entry.kind == FileKind::kDirectory) {
        folders.push_back(path);
        continue;
      }
      auto source = files->read(path, 1U << 20U);
      REQUIRE(source.has_value());
      auto document = parse_json(*source, JsonDialect::kStrict, Limits{});
      REQUIRE(document.has_value());
      cases.push_back(*std::move(document));
    }
  }
  return cases;
}

std::uint64_t number_of(const Document& document, std::string_view name) {
  return parse_unsigned(document.raw(*document.find(0, name))).value();
}

/// Nothing for bytes that are no hash: some cases have a root of another length.
std::optional<Sha256> to_hash(const std::string& text) {
  const auto bytes = from_base64(text, Base64Alphabet::kStandard);
  REQUIRE(bytes.has_value());
  Sha256 hash{};
  if (bytes->size() != hash.size()) {
    return std::nullopt;
  }
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

/// A root of another length (some cases do not care which) becomes a hash of it, so that equal ones
/// stay equal and no other becomes right.
Sha256 root_of(const Document& document, std::string_view name) {
  const std::string text = document.string_or(document.find(0, name), "");
  return to_hash(text).value_or(sha256(text));
}

std::optional<std::vector<Sha256>> proof_of(const Document& document) {
  std::vector<Sha256> proof;
  const auto list = document.find(0, "proof", NodeKind::kArray);
  if (!list) {
    return proof;
  }
  for (const NodeId element : document.elements(*list)) {
    const auto hash = to_hash(document.text(element));
    if (!hash) {
      return std::nullopt;
    }
    proof.push_back(*hash);
  }
  return proof;
}

constexpr std::string_view kTesseraKey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::string_view kTesseraPrivate =
    "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
constexpr std::array<std::string_view, 15> kTesseraEntries{
    "one",  "two", "three",  "four",  "five",     "six",     "seven", "eit",
    "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"};

}  // namespace

TEST_CASE("RFC 6962 vectors: 98 inclusion proofs are judged as transparency-dev/merkle does") {
  const auto cases = merkle_cases("inclusion");
  if (cases.empty()) {
    MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/rfc6962");
    return;
  }
  CHECK(cases.size() == 98);
  std::size_t good = 0;
  for (const Document& document : cases) {
    CAPTURE(document.source().name());
    const auto root = root_of(document, "root");
    const auto leaf = to_hash(document.string_or(document.find(0, "leafHash"), ""));
    const auto proof = proof_of(document);
    const bool accepted =
        leaf && proof &&
        verify_inclusion({number_of(document, "leafIdx"), number_of(document, "treeSize")}, *leaf,
                         *proof, root);
    CHECK(accepted == !document.is_true(document.find(0, "wantErr")));
    good += accepted ? 1 : 0;
  }
  CHECK(good == 6);
}

TEST_CASE("RFC 6962 vectors: 98 consistency proofs are judged as transparency-dev/merkle does") {
  const auto cases = merkle_cases("consistency");
  if (cases.empty()) {
    MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/rfc6962");
    return;
  }
  CHECK(cases.size() == 98);
  std::size_t good = 0;
  for (const Document& document : cases) {
    CAPTURE(document.source().name());
    const auto older = root_of(document, "root1");
    const auto newer = root_of(document, "root2");
    const auto proof = proof_of(document);
    const bool accepted =
        proof && verify_consistency({number_of(document, "size1"), older},
                                    {number_of(document, "size2"), newer}, *proof);
    CHECK(accepted == !document.is_true(document.find(0, "wantErr")));
    good += accepted ? 1 : 0;
  }
  CHECK(good == 6);
}

TEST_CASE("Tessera's log: every checkpoint verifies, and is made again byte for byte") {
  const auto files = make_disk_files();
  if (!files->list(log_vectors("/tessera/log"))) {
    MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/tessera");
    return;
  }
  const std::vector keys{parse_verifier_key(kTesseraKey).value()};
  const SigningKey signer = parse_signing_key(kTesseraPrivate).value();
  MerkleTree tree;
  for (std::size_t size = 0; size <= kTesseraEntries.size(); ++size) {
    CAPTURE(size);
    const auto source =
        files->read(log_vectors("/tessera/log/checkpoint." + std::to_string(size)), 1U << 16U);
    REQUIRE(source.has_value());
    const auto note = parse_note((*source)->bytes());
    REQUIRE(note.has_value());
    CHECK(verify_note(*note, keys).value().answer == NoteAnswer::kVerified);

    const Sha256 root = tree.root(size);
    Note ours;
    ours.text = "example.com/log/testdata\n" + std::to_string(size) + "\n" +
                to_base64({reinterpret_cast<const char*>(root.data()), root.size()}) + "\n";
    REQUIRE(sign_note(ours, signer).has_value());
    CHECK(to_string(ours) == (*source)->bytes());
    if (size < kTesseraEntries.size()) {
      tree.append(merkle_leaf(kTesseraEntries[size]));
    }
  }
}
