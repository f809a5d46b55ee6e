#pragma once
/// The Rule of Two and toxic flows over all tools of a run, as a check that scan() always runs. It
/// is no row of the check registry because it stands on capability/, which is above rules/.
#include "scan/scanner.h"

namespace merlon {

/// Reports `rule-of-two` and `toxic-flow`, whose metadata is in engine_rules().
void check_flows(const CheckInput& input, CheckSink& sink);

}  // namespace merlon
