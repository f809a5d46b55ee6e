#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

constexpr std::array kStripeFormats{
    TokenFormat{"Stripe secret key", "sk_live_", TokenAlphabet::kBase62, 24, 120},
    TokenFormat{"Stripe restricted key", "rk_live_", TokenAlphabet::kBase62, 24, 120},
    TokenFormat{"Stripe test key", "sk_test_", TokenAlphabet::kBase62, 24, 120},
    TokenFormat{"Stripe webhook secret", "whsec_", TokenAlphabet::kBase62, 32, 64},
};

}  // namespace

void find_stripe_keys(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kStripeFormats, hits);
}

}  // namespace merlon
