#pragma once
/// Mail addresses of people, for the pii guard; those of documentation (RFC 2606, RFC 6761) left
/// out.
#include "rules/detector.h"

namespace merlon {

[[nodiscard]] const DetectorKind& mail_address_kind();

}  // namespace merlon
