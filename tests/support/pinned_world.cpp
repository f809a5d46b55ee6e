#include "support/pinned_world.h"

#include <vector>

#include <doctest/doctest.h>

#include "manifest/format.h"
#include "support/guard_session.h"

namespace merlon::test {

GuardWorld pinned_world(std::string_view result_json, std::string_view server) {
  const std::string text =
      "{\"server\":\"" + std::string(server) + "\",\"result\":" + std::string(result_json) + "}";
  const LoadedFile loaded = load_manifests(SourceText::copy_of("pins.json", text), {});
  REQUIRE(loaded.manifests.size() == 1);
  const std::vector<const Manifest*> manifests{&loaded.manifests.front()};
  const auto bytes = lock_text(manifests, {}, 1);
  REQUIRE(bytes.has_value());
  auto lock = load_lock(SourceText::copy_of("pins.lock", *bytes), {});
  REQUIRE(lock.has_value());
  GuardWorld world = GuardSession::built_in_world();
  world.pins = std::make_shared<const Lock>(*std::move(lock));
  return world;
}

}  // namespace merlon::test
