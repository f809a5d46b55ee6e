#pragma once
/// Channel over the pipes of a child process.
#include <memory>

#include "base/clock.h"
#include "base/process/child_process.h"
#include "capture/channel.h"

namespace merlon {

struct StdioLimits {
  std::size_t line_bytes{16U << 20U};
  std::uint64_t total_bytes{64ULL << 20U};
  Grace grace;
};

/// Starts `launch` at each connect. `clock` must outlive it.
[[nodiscard]] std::unique_ptr<Connector> make_stdio_connector(Launch launch, StdioLimits limits,
                                                              const Clock& clock);

}  // namespace merlon
