#pragma once
/// Small steps that every format reader takes: put a Surface on nodes, note what was left out.
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/manifest.h"

namespace merlon {

/// Labels one node. Nothing happens for an absent one.
void label(Document& document, std::optional<NodeId> node, Surface surface);

/// Labels every string and every key in the subtree, the node itself included.
void label_all(Document& document, std::optional<NodeId> node, Surface surface);

/// Labels every string in the subtree and leaves keys as they are: for "a string, or a list of
/// them".
void label_strings(Document& document, std::optional<NodeId> node, Surface surface);

/// Labels the keys of an object and the strings of its values: environment variables, headers.
void label_pairs(Document& document, std::optional<NodeId> object, Surface names, Surface values);

/// Adds a note; past the hundredth only a last one that says that there are more.
void add_note(Manifest& manifest, NodeId node, std::string message, bool incomplete = true);

/// The Error of a reader that can make nothing of the document, with the place of `node`.
[[nodiscard]] std::unexpected<Error> format_error(const Document& document, NodeId node,
                                                  std::string message);

/// "an object", "a string" ...: for messages.
[[nodiscard]] std::string_view describe(NodeKind kind);

}  // namespace merlon
