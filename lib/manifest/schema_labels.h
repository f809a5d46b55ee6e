#pragma once
/// Labels of a JSON Schema: what a model reads of a tool's parameters, down to `$comment`.
#include <optional>

#include "model/manifest.h"

namespace merlon {

/// Labels every key and string of the schema. Any revision and any nesting; does not recurse. A
/// value where the keyword expects another kind is labelled all the same.
void label_schema(Document& document, std::optional<NodeId> schema);

/// The same for an object of schemas by name: `properties`, the `user_config` of a bundle.
void label_schema_properties(Document& document, std::optional<NodeId> properties);

}  // namespace merlon
