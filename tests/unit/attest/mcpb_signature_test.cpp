#include "attest/mcpb_signature.h"

#include <string>

#include <doctest/doctest.h>

using namespace merlon;

namespace {

/// An empty ZIP with a comment.
std::string zip_of(const std::string& comment) {
  std::string zip("PK\x05\x06", 4);
  zip.append(16, '\0');
  zip.push_back(static_cast<char>(comment.size()));
  zip.push_back('\0');
  return zip + comment;
}

std::string mcpb_of(const std::string& content, const std::string& der, std::size_t length) {
  std::string out = content + "MCPB_SIG_V1";
  for (unsigned at = 0; at < 4; ++at) {
    out.push_back(static_cast<char>((length >> (8 * at)) & 0xFFU));
  }
  return out + der + "MCPB_SIG_END";
}

std::string mcpb_of(const std::string& content, const std::string& der) {
  return mcpb_of(content, der, der.size());
}

}  // namespace

TEST_CASE("mcpb: the parts are what the length says") {
  const std::string bytes = mcpb_of(zip_of("hello"), "DER");
  const auto parts = split_mcpb(bytes);
  REQUIRE(parts);
  REQUIRE(*parts);
  CHECK((*parts)->content == zip_of("hello"));
  CHECK((*parts)->signature == "DER");
}

TEST_CASE("mcpb: marks inside the signature or the content lead nobody astray") {
  for (const std::string der : {"aMCPB_SIG_V1b", "MCPB_SIG_END", "MCPB_SIG_V1"}) {
    const std::string bytes = mcpb_of(zip_of("MCPB_SIG_V1 PK\x05\x06"), der);
    const auto parts = split_mcpb(bytes);
    REQUIRE(parts);
    REQUIRE(*parts);
    CHECK((*parts)->signature == der);
  }
}

TEST_CASE("mcpb: no footer is no signature") {
  const auto parts = split_mcpb(zip_of(""));
  REQUIRE(parts);
  CHECK_FALSE(*parts);
  CHECK_FALSE(*split_mcpb(""));
}

TEST_CASE("mcpb: a length that leads elsewhere, bytes behind the footer or the ZIP are refused") {
  CHECK_FALSE(split_mcpb(mcpb_of(zip_of(""), "DER", 2)));
  CHECK_FALSE(split_mcpb(mcpb_of(zip_of(""), "DER", 4)));
  CHECK_FALSE(split_mcpb(mcpb_of(zip_of(""), "DER", 0xFFFFFFFF)));
  CHECK_FALSE(split_mcpb(mcpb_of(zip_of(""), "DER") + "x"));
  CHECK_FALSE(split_mcpb(mcpb_of(zip_of("") + "x", "DER")));
  CHECK_FALSE(split_mcpb("MCPB_SIG_END"));
}

TEST_CASE("mcpb: bytes that are no CMS are a no with its reason") {
  const std::string bytes = mcpb_of(zip_of(""), "DER");
  const auto verdict = verify_mcpb(**split_mcpb(bytes), {}, 0);
  REQUIRE(verdict);
  CHECK_FALSE(verdict->verification.ok());
  CHECK(verdict->verification.steps.back().text == "the signature cannot be read: it is no CMS");
}
