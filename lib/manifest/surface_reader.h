#pragma once
/// What a server offers, as MCP spells it: tools, prompts, resources, resource templates, server
/// information and instructions, in results of any list method and in whatever wraps them.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/manifest.h"

namespace merlon {

/// A result inside a document: itself, a line of JSON lines, or what a JSON-RPC response or
/// `{"server", "result"}` wraps.
struct ResultPart {
  NodeId whole{kNoNode};        ///< with the wrapping
  NodeId body{kNoNode};         ///< the result: an object, or a bare array of tools
  NodeId server_name{kNoNode};  ///< the string under `server`, if any
};

/// At most `limit` parts, in order.
[[nodiscard]] std::vector<ResultPart> result_parts(const Document& document,
                                                   std::size_t limit = SIZE_MAX);

/// True when `node` is an object that looks like a tool definition: a name, and a schema, arguments
/// or a description.
[[nodiscard]] bool looks_like_tool(const Document& document, NodeId node);
/// The first object among the first elements of an array, so that a bad sibling in front does not
/// hide the rest. kNoNode when there is none.
[[nodiscard]] NodeId first_object(const Document& document, NodeId array);
/// True when `list` is an array whose first object has all of `keys`, or that is
/// empty and `empty_counts`.
[[nodiscard]] bool is_list_of(const Document& document, std::optional<NodeId> list,
                              std::initializer_list<std::string_view> keys, bool empty_counts);

/// Reads every part of a document of results: the readers of tools-list, initialize-result and the
/// like.
void read_results(Manifest& manifest);

/// Reads the lists, `serverInfo` and `instructions` of one result object into the server with this
/// index (kNoServer: no server is known). Members with another meaning stay as they are.
void read_surface(Manifest& manifest, NodeId object, std::uint32_t server);

/// A list of tools in any of the shapes in use: MCP, Docker's `arguments`, OpenAI's `function` and
/// `parameters`. What is not an object becomes a note and the rest is read.
void read_tools(Manifest& manifest, std::optional<NodeId> list, std::uint32_t server);
/// A list of prompts: MCP's, and those of bundles with `text`.
void read_prompts(Manifest& manifest, std::optional<NodeId> list, std::uint32_t server);

/// Puts `src` and the rest of an icon or a list of icons under their surface.
void label_icons(Document& document, std::optional<NodeId> icons);

/// Items are read in the order of the keys that a format knows; Manifest wants them by node.
void sort_items(Manifest& manifest);

}  // namespace merlon
