// Each field of a good bundle, and of the root that it is verified with, is changed by one bit, one
// digit or one letter: nothing may verify, and the step that says no is the one that the field
// belongs to.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "attest/sigstore_verifier.h"
#include "base/base64.h"
#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/x509/pem.h"

using namespace merlon;

namespace {

const std::string kSigstoreFolder = std::string(MERLON_SOURCE_DIR) + "/testdata/sigstore/";

std::string read_sigstore_file(const std::string& name) {
  const auto source = make_disk_files()->read(kSigstoreFolder + name, 1U << 20U);
  REQUIRE(source);
  return std::string((*source)->bytes());
}

SigstoreExpectation expectation_of(const std::string& folder) {
  if (!folder.starts_with("key-")) {
    return {.key = std::nullopt,
            .identity = read_sigstore_file("identity"),
            .issuers = {read_sigstore_file("issuer")}};
  }
  const auto blocks = parse_pem(read_sigstore_file(folder + "/key.pub"));
  REQUIRE(blocks);
  const auto key = parse_public_key(blocks->front().der);
  REQUIRE(key);
  return {.key = *key, .identity = std::nullopt, .issuers = {}};
}

/// The step that refuses, `error` when the question could not be put, `verified`.
std::string outcome_of(const std::string& folder, const std::string& bundle_text,
                       const std::string& root_text) {
  const auto bundle = parse_sigstore_bundle(SourceText::copy_of("bundle", bundle_text), {});
  const auto root = parse_trusted_root(SourceText::copy_of("root", root_text), {});
  if (!bundle || !root) {
    return "error";
  }
  const auto artifact =
      SigstoreArtifact::of_file(SourceText::copy_of("artifact", read_sigstore_file("artifact")));
  const auto verdict = verify_sigstore_bundle(*bundle, *root, expectation_of(folder), artifact);
  if (!verdict) {
    return "error";
  }
  return verdict->verification.ok() ? "verified" : verdict->verification.steps.back().name;
}

/// A string of base64 with its last bit changed, a number that is one more, a text with a letter
/// more.
std::string changed_value(const Document& document, NodeId node) {
  const std::string text = document.text(node);
  if (text.find_first_not_of("0123456789") == std::string::npos) {
    return "\"" + std::to_string(std::stoull(text) + 1) + "\"";
  }
  std::string out;
  auto bytes = from_base64(text, Base64Alphabet::kStandard);
  if (bytes && bytes->size() >= 8) {
    bytes->back() = static_cast<char>(bytes->back() ^ 1);
    append_json_string(out, to_base64(*bytes));
  } else {
    append_json_string(out, text + "x");
  }
  return out;
}

struct Mutation {
  std::string pointer;
  std::string outcome;
};

/// One a line, so that a difference can be read.
std::string listed(const std::vector<Mutation>& mutations) {
  std::string text;
  for (const Mutation& mutation : mutations) {
    text.append(mutation.pointer).append(" -> ").append(mutation.outcome).append("\n");
  }
  return text;
}

/// All string fields of `text`, each changed once; `judge` gets the whole changed text.
template <class Judge>
std::vector<Mutation> mutate_all(const std::string& text, const Judge& judge) {
  const auto document = parse_json(SourceText::copy_of("text", text), JsonDialect::kStrict, {});
  REQUIRE(document);
  std::vector<Mutation> mutations;
  for (NodeId node = 0; node < document->size(); ++node) {
    if (!document->is(node, NodeKind::kString)) {
      continue;
    }
    std::string changed = text;
    const Node& place = document->node(node);
    changed.replace(place.begin, place.end - place.begin, changed_value(*document, node));
    mutations.push_back({document->pointer(node), judge(changed)});
  }
  return mutations;
}

std::vector<Mutation> mutate_bundle(const std::string& folder) {
  const std::string root = read_sigstore_file("trusted_root.json");
  const std::string bundle = read_sigstore_file(folder + "/bundle.sigstore.json");
  REQUIRE(outcome_of(folder, bundle, root) == "verified");
  return mutate_all(bundle,
                    [&](const std::string& changed) { return outcome_of(folder, changed, root); });
}

std::vector<Mutation> mutate_root(const std::string& folder) {
  const std::string root = read_sigstore_file("trusted_root.json");
  const std::string bundle = read_sigstore_file(folder + "/bundle.sigstore.json");
  return mutate_all(
      root, [&](const std::string& changed) { return outcome_of(folder, bundle, changed); });
}

const std::string kEntry = "/verificationMaterial/tlogEntries/0";

}  // namespace

TEST_CASE("mutations: each field of a bundle of Rekor v1 is missed by its own step") {
  CHECK(listed(mutate_bundle("rekor1-message")) ==
        listed({
            {"/mediaType", "error"},
            {"/verificationMaterial/certificate/rawBytes", "authority"},
            {kEntry + "/logIndex", "time"},
            {kEntry + "/logId/keyId", "time"},
            {kEntry + "/kindVersion/kind", "entry"},
            {kEntry + "/kindVersion/version", "entry"},
            {kEntry + "/canonicalizedBody", "time"},
            {kEntry + "/integratedTime", "time"},
            {kEntry + "/inclusionPromise/signedEntryTimestamp", "time"},
            {kEntry + "/inclusionProof/logIndex", "log"},
            {kEntry + "/inclusionProof/treeSize", "log"},
            {kEntry + "/inclusionProof/rootHash", "log"},
            {kEntry + "/inclusionProof/hashes/0", "log"},
            {kEntry + "/inclusionProof/hashes/1", "log"},
            {kEntry + "/inclusionProof/hashes/2", "log"},
            {kEntry + "/inclusionProof/checkpoint/envelope", "log"},
            {"/messageSignature/messageDigest/algorithm", "error"},
            {"/messageSignature/messageDigest/digest", "artifact"},
            {"/messageSignature/signature", "entry"},
        }));
}

TEST_CASE("mutations: each field of a bundle of Rekor v2 is missed by its own step") {
  CHECK(listed(mutate_bundle("rekor2-dsse")) ==
        listed({
            {"/mediaType", "error"},
            {"/verificationMaterial/certificate/rawBytes", "authority"},
            {kEntry + "/logIndex", "log"},
            {kEntry + "/logId/keyId", "log"},
            {kEntry + "/kindVersion/kind", "entry"},
            {kEntry + "/kindVersion/version", "entry"},
            {kEntry + "/canonicalizedBody", "log"},
            {kEntry + "/inclusionProof/logIndex", "log"},
            {kEntry + "/inclusionProof/treeSize", "log"},
            {kEntry + "/inclusionProof/rootHash", "log"},
            {kEntry + "/inclusionProof/hashes/0", "log"},
            {kEntry + "/inclusionProof/hashes/1", "log"},
            {kEntry + "/inclusionProof/hashes/2", "log"},
            {kEntry + "/inclusionProof/checkpoint/envelope", "log"},
            {"/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp",
             "time"},
            {"/dsseEnvelope/payload", "entry"},
            {"/dsseEnvelope/payloadType", "signature"},
            {"/dsseEnvelope/signatures/0/sig", "time"},
        }));
}

TEST_CASE("mutations: of a bundle with a key only the hint may change, which proves nothing") {
  const std::vector<Mutation> all = mutate_bundle("key-with-entry");
  for (const Mutation& mutation : all) {
    CAPTURE(mutation.pointer);
    const bool hint = mutation.pointer == "/verificationMaterial/publicKey/hint";
    CHECK((mutation.outcome == "verified") == hint);
  }
}

TEST_CASE("mutations: each key, id and certificate of a root that a bundle rests on counts") {
  // Of fields for people, of ends that stay beyond the time, and of what the bundle does not rest
  // on, a change changes nothing.
  for (const std::string folder : {"rekor1-message", "rekor2-dsse"}) {
    const std::string log = folder == "rekor1-message" ? "/tlogs/0" : "/tlogs/1";
    for (const Mutation& mutation : mutate_root(folder)) {
      CAPTURE(mutation.pointer);
      const bool material = mutation.pointer.ends_with("rawBytes") ||
                            mutation.pointer.ends_with("keyId") ||
                            mutation.pointer.ends_with("keyDetails") ||
                            mutation.pointer.ends_with("start") || mutation.pointer == "/mediaType";
      const bool rests_on =
          mutation.pointer.starts_with(log) ||
          mutation.pointer.starts_with("/certificateAuthorities/0") ||
          mutation.pointer.starts_with("/ctlogs/0") ||
          (folder == "rekor2-dsse" && mutation.pointer.starts_with("/timestampAuthorities/0"));
      if (material && (rests_on || mutation.pointer == "/mediaType")) {
        // The last certificate of a chain is trusted as it stands: its own signature, whose last
        // bit is changed here, is not looked at.
        const bool anchor = mutation.pointer.ends_with("certificates/1/rawBytes");
        CHECK((mutation.outcome == "verified") == anchor);
      }
    }
  }
}

TEST_CASE(
    "checkpoint: a second signature under the log's four bytes changes nothing, alone it fails") {
  const std::string root = read_sigstore_file("trusted_root.json");
  const std::string bundle = read_sigstore_file("rekor1-message/bundle.sigstore.json");
  const std::string mark = "\\n\xE2\x80\x94 rekor.example ";
  const std::size_t begin = bundle.find(mark) + mark.size();
  const std::size_t end = bundle.find("\\n\"", begin);
  REQUIRE(end != std::string::npos);
  const std::string good = bundle.substr(begin, end - begin);
  auto bytes = from_base64(good, Base64Alphabet::kStandard);
  REQUIRE(bytes);
  bytes->back() = static_cast<char>(bytes->back() ^ 1);
  const std::string wrong = to_base64(*bytes);
  const auto outcome_with = [&](const std::string& signatures) {
    std::string changed = bundle;
    changed.replace(begin, end - begin, signatures);
    return outcome_of("rekor1-message", changed, root);
  };
  CHECK(outcome_with(good + mark + wrong) == "verified");
  CHECK(outcome_with(wrong + mark + good) == "verified");
  CHECK(outcome_with(wrong) == "log");
  CHECK(outcome_with(wrong + mark + wrong) == "log");
}
