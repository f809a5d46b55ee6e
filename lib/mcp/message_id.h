#pragma once
/// What JSON-RPC ids may look like, for who lets messages through and for who answers lines that
/// are none.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/document.h"

namespace merlon {

enum class IdForm : std::uint8_t {
  kPlain,      ///< a well-formed string or a plain integer
  kIllFormed,  ///< a string with a lone surrogate
  kNoInteger,  ///< a number that some peers read as an integer and others do not: `2.0`, `2e0`
  kNull,
  kNoId,  ///< neither string nor number
};

[[nodiscard]] IdForm id_form(const Document& document, NodeId id);

/// As Message::id_key().
[[nodiscard]] std::string id_key_of(const Document& document, NodeId id);
/// The same of an id's own bytes; empty unless it is plain.
[[nodiscard]] std::string id_key_of(std::string_view id);

}  // namespace merlon
