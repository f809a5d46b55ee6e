#include "policy/approval.h"

#include "base/digest/digest.h"

namespace merlon {

std::string digest_of_message(std::string_view bytes) {
  return sha256_hex(bytes);
}

const Grant* find_grant(const Facts& facts, std::string_view bytes) {
  if (facts.grants.empty()) {
    return nullptr;
  }
  const std::string digest = digest_of_message(bytes);
  for (const Grant& grant : facts.grants) {
    if (grant.message_digest == digest) {
      return &grant;
    }
  }
  return nullptr;
}

bool runs_in_shadow(const Policy& policy, std::string_view session) {
  if (policy.mode == PolicyMode::kShadow) {
    return true;
  }
  if (policy.shadow_share <= 0) {
    return false;
  }
  // The first 32 bits of the digest as a fraction of one.
  const std::string digest = sha256_hex(session);
  double fraction = 0;
  for (std::size_t i = 8; i-- > 0;) {
    const char c = digest[i];
    fraction = (fraction + (c <= '9' ? c - '0' : c - 'a' + 10)) / 16;
  }
  return fraction < policy.shadow_share;
}

}  // namespace merlon
