#include "guard/personal_data_masker.h"

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/base64.h"

namespace merlon {
namespace {

const std::vector<std::string> kCards{"payment-card"};
const std::vector<std::string> kMail{"mail-address"};
constexpr std::string_view kCardText = "card 4111 1111 1111 1111 of ann@corp-mail.io";

std::optional<std::string> masked_by(const TextMasker& masker, std::string_view text,
                                     std::string_view key = {}) {
  return masker(key, text, [](std::string_view what) { return "<" + std::string(what) + ">"; });
}

}  // namespace

TEST_CASE("personal data masker: of the types that are named each find gets a mark, others stay") {
  CHECK(masked_by(make_personal_data_masker(kCards), kCardText) ==
        "card <4111 1111 1111 1111> of ann@corp-mail.io");
  CHECK(masked_by(make_personal_data_masker(kMail), kCardText) ==
        "card 4111 1111 1111 1111 of <ann@corp-mail.io>");
  CHECK(masked_by(make_personal_data_masker({}), kCardText) == std::nullopt);
  CHECK(masked_by(make_personal_data_masker(kCards), "nothing of the kind") == std::nullopt);
}

TEST_CASE("personal data masker: what stands in a blob is masked in it") {
  const auto masked = masked_by(make_personal_data_masker(kCards), to_base64(kCardText), "blob");
  REQUIRE(masked.has_value());
  CHECK(*masked == to_base64("card <4111 1111 1111 1111> of ann@corp-mail.io"));
}

TEST_CASE("recording masker: secrets always, personal data where it is named") {
  const std::string secret = "AKIA" + std::string("QX7RTWZ4NLPD62HB");
  const std::string text = "key " + secret + " card 4111 1111 1111 1111";
  CHECK(masked_by(make_recording_masker({}), text) ==
        "key <" + secret + "> card 4111 1111 1111 1111");
  CHECK(masked_by(make_recording_masker(kCards), text) ==
        "key <" + secret + "> card <4111 1111 1111 1111>");
  CHECK(masked_by(make_recording_masker(kCards), "4111 1111 1111 1111") == "<4111 1111 1111 1111>");
}

}  // namespace merlon
