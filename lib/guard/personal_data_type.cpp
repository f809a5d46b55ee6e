#include "guard/personal_data_type.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "guard/mail_address_kind.h"

namespace merlon {
namespace {

using ContextWords = std::span<const std::string_view>;

constexpr std::size_t kContextBytes = 48;  // before a find
constexpr std::size_t kContextKey = 64;

constexpr std::array<std::string_view, 5> kBankWords{"iban", "account", "bank", "konto", "sepa"};
constexpr std::array<std::string_view, 3> kMailWords{"mail", "contact", "@"};
constexpr std::array<std::string_view, 8> kCardWords{"card",    "visa",   "master", "amex",
                                                     "payment", "credit", "debit",  "cc"};
constexpr std::array<std::string_view, 4> kPersonWords{"ssn", "social", "tax", "security"};

constexpr std::array kTypes{
    PersonalDataType{"bank-account", 90, 98, kBankWords},
    PersonalDataType{"mail-address", 70, 80, kMailWords},
    PersonalDataType{"payment-card", 80, 95, kCardWords},
    PersonalDataType{"person-number", 50, 90, kPersonWords},
};

bool has_context_word(ContextWords words, std::string_view text) {
  const std::string lower = to_lower_ascii(text);
  return std::any_of(words.begin(), words.end(), [&lower](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
}

}  // namespace

std::span<const PersonalDataType> personal_data_types() {
  return kTypes;
}

const DetectorKind& detector_of(const PersonalDataType& type) {
  const DetectorKind* const shared = find_detector(type.name);
  return shared != nullptr ? *shared : mail_address_kind();
}

unsigned score_of_find(const PersonalDataType& type, std::string_view text, std::size_t begin,
                       std::string_view key, bool bare_number) {
  const std::size_t from = begin - std::min(begin, kContextBytes);
  if (has_context_word(type.words, text.substr(from, begin - from)) ||
      has_context_word(type.words, key.substr(0, kContextKey))) {
    return type.in_context;
  }
  return bare_number ? type.score - std::min(type.score, kBareNumberLess) : type.score;
}

}  // namespace merlon
