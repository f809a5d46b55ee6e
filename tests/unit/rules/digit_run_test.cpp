// The quick looks that come before the decoders must never say no where a decoder has work.
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "rules/decode.h"
#include "rules/decode_pieces.h"

namespace merlon {
namespace {

struct RunKind {
  DigitRun kind;
  std::string_view digits;
  std::size_t shortest;
};

constexpr std::array kRunKindsUnderTest{RunKind{DigitRun::kBase64, "aZ9+/-_", 16},
                                        RunKind{DigitRun::kHex, "aF0 :,-xX", 24},
                                        RunKind{DigitRun::kBits, "01 \t\r\n", 64}};

std::string run_of(std::string_view digits, std::size_t size) {
  std::string out;
  while (out.size() < size) {
    out.push_back(digits[out.size() % digits.size()]);
  }
  return out;
}

}  // namespace

TEST_CASE("digit runs: found wherever they stand; one digit less is none") {
  for (const RunKind& kind : kRunKindsUnderTest) {
    for (std::size_t before = 0; before < 2 * kind.shortest; ++before) {
      const std::string head = before == 0 ? "" : run_of(kind.digits, before - 1) + ".";
      const bool head_has_one = before > kind.shortest;
      CHECK(has_digit_run(head + run_of(kind.digits, kind.shortest), kind.kind));
      CHECK(has_digit_run(head + run_of(kind.digits, kind.shortest) + ".", kind.kind));
      CHECK(has_digit_run(head + run_of(kind.digits, kind.shortest - 1) + ".", kind.kind) ==
            head_has_one);
    }
    CHECK(!has_digit_run("", kind.kind));
  }
}

TEST_CASE("decode: a text that is said to hold no encoding decodes to nothing") {
  constexpr std::array<std::string_view, 16> kPieces{"41 42 43 44 45 46 47 48 49 4a 4b 4c 4d",
                                                     "4142",
                                                     "0x41,0x42",
                                                     "UmVhZCB0aGUgZmlsZSBub3c=",
                                                     "QUJD",
                                                     "01000001 01000010 ",
                                                     "01",
                                                     "%41%42%43",
                                                     "&#65;",
                                                     "\\x41\\x42",
                                                     " ",
                                                     "\n",
                                                     "word",
                                                     ".",
                                                     ":",
                                                     "-"};
  std::mt19937 random(20261121);
  std::size_t plain = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::size_t pieces = 1 + random() % 12; pieces > 0; --pieces) {
      // The last ones make most texts plain.
      text += kPieces[random() % 4 == 0 ? random() % kPieces.size() : 10 + random() % 6];
    }
    if (!may_be_encoded(text)) {
      ++plain;
      CHECK_MESSAGE(decode_layer(text, 1U << 16U).empty(), text);
    }
  }
  CHECK(plain > 500);
}

}  // namespace merlon
