#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/detector.h"

namespace merlon {
namespace {

// "begin-end what" of each hit.
std::vector<std::string> hits_of(std::string_view detector, std::string_view text) {
  const DetectorKind* kind = find_detector(detector);
  REQUIRE(kind != nullptr);
  std::vector<DetectorHit> hits;
  kind->find(text, hits);
  std::vector<std::string> out;
  for (const DetectorHit& hit : hits) {
    out.push_back(std::to_string(hit.begin) + "-" + std::to_string(hit.end) + " " + hit.what);
  }
  return out;
}

using TokenHits = std::vector<std::string>;

// Prefixes are split, so that scanners of repositories leave this file alone.
const std::string kGithub = std::string("gh") + "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17";

}  // namespace

TEST_CASE("detector registry: names are sorted and unique, literals are lower case") {
  const auto kinds = detector_kinds();
  CHECK(std::is_sorted(kinds.begin(), kinds.end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; }));
  CHECK(std::adjacent_find(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) {
          return a.name == b.name;
        }) == kinds.end());
  for (const DetectorKind& kind : kinds) {
    CAPTURE(kind.name);
    CHECK(find_detector(kind.name) == &kind);
    CHECK_FALSE(kind.summary.empty());
    for (const std::string_view literal : kind.literals) {
      CAPTURE(literal);
      CHECK(std::none_of(literal.begin(), literal.end(),
                         [](char c) { return c >= 'A' && c <= 'Z'; }));
    }
  }
  CHECK(find_detector("no-such-detector") == nullptr);
}

TEST_CASE("github token: the checksum decides") {
  CHECK(hits_of("github-token", kGithub) == TokenHits{"0-40 GitHub personal access token"});
  CHECK(hits_of("github-token", "a " + kGithub + ".") ==
        TokenHits{"2-42 GitHub personal access token"});
  std::string wrong = kGithub;
  wrong.back() = '8';
  CHECK(hits_of("github-token", wrong).empty());
}

TEST_CASE("github token: part of a longer word is none") {
  CHECK(hits_of("github-token", "x" + kGithub).empty());
  CHECK(hits_of("github-token", kGithub + "x").empty());
}

TEST_CASE("aws key: base32 only, and not the key of the manuals") {
  const std::string prefix = "AKI";
  CHECK(hits_of("aws-key", prefix + "AQ2WSX3EDC4RFV5TG") == TokenHits{"0-20 AWS access key"});
  CHECK(hits_of("aws-key", prefix + "AIOSFODNN7EXAMPLE").empty());
  CHECK(hits_of("aws-key", prefix + "AQ2WSX3EDC4RFV0TG").empty());
}

TEST_CASE("openai key: without its marker it is something else") {
  const std::string body(20, 'a');
  const std::string varied = "k9ZqL2mXw7RtY4uBvC1n";
  CHECK(hits_of("openai-key", std::string("sk") + "-" + varied + "T3BlbkFJ" + varied) ==
        TokenHits{"0-51 OpenAI key"});
  CHECK(hits_of("openai-key", std::string("sk") + "-" + varied + varied + "12345678").empty());
}

TEST_CASE("json web token: the parts must decode") {
  const std::string head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
  const std::string claims = "eyJzdWIiOiJzdmMiLCJpYXQiOjF9";
  const std::string sign = "Zk39sLq8Pw2Nv7RtY4uBvC1nQ6mXe0";
  CHECK(hits_of("json-web-token", head + "." + claims + "." + sign) ==
        TokenHits{"0-" + std::to_string(head.size() + claims.size() + sign.size() + 2) +
                  " JSON web token"});
  CHECK(hits_of("json-web-token", head + "...").empty());
  CHECK(hits_of("json-web-token", "eyJub3QiOiJhbGcifQ." + claims + "." + sign).empty());
  CHECK(hits_of("json-web-token", "eyJeyJeyJeyJ").empty());
}

TEST_CASE("private key: a marker without a body is documentation") {
  const std::string begin = std::string("-----BEGIN RSA PRIVATE") + " KEY-----";
  CHECK(hits_of("private-key", begin + "...").empty());
  const std::string body = "\nMIIEowIBAAKCAQEAz7QW5pX2c9Lk4Rt8Vb1Nn6Yy3Uu0Ii\n-----END";
  CHECK(hits_of("private-key", begin + body).size() == 1);
  CHECK(hits_of("private-key", "-----BEGIN PUBLIC KEY-----" + body).empty());
}

TEST_CASE("url password: only the password is the hit; documentation and references are none") {
  CHECK(hits_of("url-password", "postgres://app:q7RzL0pW@db/x") ==
        TokenHits{"15-23 password in an address"});
  CHECK(hits_of("url-password", "postgres://user:password@db/x").empty());
  CHECK(hits_of("url-password", "postgres://app:${PW}@db/x").empty());
  CHECK(hits_of("url-password", "https://host/a:b@c").empty());
  CHECK(hits_of("url-password", "https://host:8080/").empty());
}

TEST_CASE("assigned secret: the name says what, the value must be random") {
  CHECK(hits_of("assigned-secret", "api_key = \"k9ZqL2mXw7RtY4uBvC1n\"") ==
        TokenHits{"11-31 assigned secret"});
  CHECK(hits_of("assigned-secret", "Authorization: Bearer k9ZqL2mXw7RtY4uBvC1n") ==
        TokenHits{"22-42 assigned secret"});
  CHECK(hits_of("assigned-secret", "password=Tr0mbone#Sunset") ==
        TokenHits{"9-24 assigned secret"});
  CHECK(hits_of("assigned-secret", "token_limit=k9ZqL2mXw7RtY4uBvC1n").empty());
  CHECK(hits_of("assigned-secret", "api_key: string").empty());
  CHECK(hits_of("assigned-secret", "password: the password of the user").empty());
  CHECK(hits_of("assigned-secret", "api_key=${API_KEY}").empty());
}

}  // namespace merlon
