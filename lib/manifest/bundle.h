#pragma once
/// MCPB and DXT bundles: a zip with manifest.json at its root.
#include <memory>

#include "manifest/format.h"

namespace merlon {

/// Adds to `out` a manifest for each entry that an agent would read (manifest.json, SKILL.md,
/// .mcp.json, plugin.json and their like, wherever they are but below `node_modules`), each named
/// `bundle!entry`; a listing of all entries, named `bundle!entries`; and one coverage entry for the
/// bundle itself, with what was not read and why. A zip without any of those is skipped. Entries
/// that are unsafe to unpack are never read, and are problems of the listing.
void load_bundle(const std::shared_ptr<const SourceText>& source, const LoadOptions& options,
                 LoadedFile& out);

}  // namespace merlon
