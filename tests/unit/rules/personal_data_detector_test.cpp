#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/detector.h"

namespace merlon {
namespace {

std::vector<std::string> personal_hits(std::string_view detector, std::string_view text) {
  const DetectorKind* kind = find_detector(detector);
  REQUIRE(kind != nullptr);
  std::vector<DetectorHit> hits;
  kind->find(text, hits);
  std::vector<std::string> out;
  for (const DetectorHit& hit : hits) {
    out.push_back(std::string(text.substr(hit.begin, hit.end - hit.begin)) + " " + hit.what);
  }
  return out;
}

using PersonalHits = std::vector<std::string>;

}  // namespace

TEST_CASE("payment-card: network, length and Luhn's digit have to agree") {
  CHECK(personal_hits("payment-card", "pay with 4111 1111 1111 1111 now") ==
        PersonalHits{"4111 1111 1111 1111 Visa card number"});
  CHECK(personal_hits("payment-card", "{\"n\":\"5555-5555-5555-4444\"}") ==
        PersonalHits{"5555-5555-5555-4444 Mastercard card number"});
  CHECK(personal_hits("payment-card", "378282246310005") ==
        PersonalHits{"378282246310005 American Express card number"});
  CHECK(personal_hits("payment-card", "4111 1111 1111 1112").empty());
  CHECK(personal_hits("payment-card", "9111111111111111").empty());
}

TEST_CASE("payment-card: identifiers, zeros and longer numbers are none") {
  CHECK(personal_hits("payment-card", "order_4111111111111111").empty());
  CHECK(personal_hits("payment-card", "0000000000000000").empty());
  CHECK(personal_hits("payment-card", "41111111111111110000000").empty());
}

TEST_CASE("bank-account: country, length and the check modulo 97") {
  CHECK(personal_hits("bank-account", "to DE89 3704 0044 0532 0130 00, please") ==
        PersonalHits{"DE89 3704 0044 0532 0130 00 IBAN"});
  CHECK(personal_hits("bank-account", "GB82WEST12345698765432") ==
        PersonalHits{"GB82WEST12345698765432 IBAN"});
  CHECK(personal_hits("bank-account", "GB83WEST12345698765432").empty());
  CHECK(personal_hits("bank-account", "DE89370400440532013000123").empty());
  CHECK(personal_hits("bank-account", "ZZ89370400440532013000").empty());
}

TEST_CASE("person-number: numbers that cannot have been issued are none") {
  CHECK(personal_hits("person-number", "SSN 536-22-8726.") ==
        PersonalHits{"536-22-8726 US social security number"});
  CHECK(personal_hits("person-number", "000-12-3456 666-12-3456 900-12-3456").empty());
  CHECK(personal_hits("person-number", "536-00-8726 536-22-0000 078-05-1120").empty());
  CHECK(personal_hits("person-number", "1536-22-87261").empty());
}

}  // namespace merlon
