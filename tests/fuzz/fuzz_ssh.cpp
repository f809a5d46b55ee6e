// SSH public keys and signatures of strangers. What is read must be written back to something that
// is read as the same, and nothing may verify over a message that nobody signed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fuzz/document_invariants.h"
#include "proof/ssh_signature.h"

namespace {

void demand(bool promise) {
  if (!promise) {
    std::abort();
  }
}

void check_key(const std::string& text) {
  const auto key = merlon::parse_ssh_public_key(text);
  if (!key) {
    merlon::test::check_error(key.error());
    return;
  }
  const auto again = merlon::parse_ssh_public_key(merlon::to_string(*key));
  demand(again && *again == *key);
  const auto bytes = merlon::read_ssh_key(merlon::ssh_key_bytes(*key));
  demand(bytes && *bytes == *key);
}

void check_signature(const std::string& text) {
  const auto signature = merlon::parse_ssh_signature(text);
  if (!signature) {
    merlon::test::check_error(signature.error());
    return;
  }
  const auto verdict = merlon::verify_ssh_signature(*signature, "nobody signed this",
                                                    signature->name_space, signature->key);
  demand(!verdict || verdict->answer == merlon::SshAnswer::kBadSignature);
  const auto other =
      merlon::verify_ssh_signature(*signature, "nobody signed this", "", signature->key);
  demand(other && other->answer == merlon::SshAnswer::kOtherNamespace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_key(text);
  check_signature(text);
  return 0;
}
