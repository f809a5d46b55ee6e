#pragma once
/// Arguments of a call through which data leaves the machine, whatever the tool says it does: an
/// address with data in it makes a sender of a tool that only fetches.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"

namespace merlon {

/// Which addresses count. docs/guards/rule-of-two.md
enum class AddressRule : std::uint8_t {
  kNever,
  kData,  ///< with a query, a user, or a long random path segment or host label; recipients; bodies
  kAny,   ///< every address
};

struct OutgoingArgument {
  NodeId node{kNoNode};  ///< the string
  std::string why;       ///< "an address with a query"
};

/// The first such argument of a call, in the order of the message; nothing for kNever. Linear.
[[nodiscard]] std::optional<OutgoingArgument> find_outgoing_argument(const Document& document,
                                                                     NodeId arguments,
                                                                     AddressRule rule);

/// What data an address carries: "a query", "a user", ...; empty when it carries none.
/// `https://host/path`, or without a scheme.
[[nodiscard]] std::string_view data_of_address(std::string_view address);

/// The first address with a scheme in a text (`file` and `data` are none), up to a blank or quote;
/// empty when there is none.
[[nodiscard]] std::string_view find_address(std::string_view text);

}  // namespace merlon
