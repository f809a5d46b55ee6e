#include "scan_lists.h"

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "exit_code.h"
#include "manifest/format.h"
#include "scan/client_locations.h"

namespace merlon::cli {

int list_scan_formats(Env& env) {
  std::size_t width = 0;
  for (const ManifestFormat& format : manifest_formats()) {
    width = std::max(width, format.name.size());
  }
  for (const ManifestFormat& format : manifest_formats()) {
    env.out << format.name << std::string(width + 2 - format.name.size(), ' ') << format.summary
            << '\n';
  }
  return kYes;
}

int list_scan_clients(Env& env) {
  const ClientSurroundings here{.variable = env.variable};
  std::string_view client;
  for (const FoundLocation& place : find_client_locations(env.files, here)) {
    if (place.client != client) {
      client = place.client;
      env.out << client << '\n';
    }
    env.out << (place.exists ? "  found    " : "  missing  ") << escape_for_display(place.shown)
            << (place.folder ? "/" : "") << " (" << to_string(place.scope) << ")\n";
  }
  return kYes;
}

}  // namespace merlon::cli
