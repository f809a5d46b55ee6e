#pragma once
/// `[attestation]` of a policy: what must be vouched for, and by whom, before a server is started.
/// docs/spec/attestation.md
///
///   [[attestation.server]]
///   server = "weather*"                  # glob over the configured name
///   pins_keys = ["acme.example/pins+..."]
///   surface = "weather.att"              # beside the policy
///   surface_keys = ["ann.example+..."]
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/policy.h"
#include "proof/key.h"

namespace merlon {

struct RequiredAttestation {
  std::string server{"*"};
  std::vector<VerifierKey> pins_keys;     ///< one of them must have signed the pins; empty: none
  std::string surface;                    ///< path of a surface attestation; empty: none
  std::vector<VerifierKey> surface_keys;  ///< one of them must have signed it
  [[nodiscard]] bool operator==(const RequiredAttestation&) const = default;
};

/// Of this policy alone. Complaints go to `errors` when it is not null.
[[nodiscard]] std::vector<RequiredAttestation> read_attestation_section(const Policy& policy,
                                                                        std::vector<Error>* errors);
/// Of a policy and the system's minimum: everything that applies to a server must hold.
[[nodiscard]] std::vector<RequiredAttestation> required_attestations(const Policy& policy,
                                                                     std::string_view server);

}  // namespace merlon
