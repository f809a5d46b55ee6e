#include "proxy/host_resolver.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

Fact host_fact(const std::string& what, FactState state, std::vector<std::string> values) {
  return {
      .need = {.kind = NeedKind::kHost, .what = what}, .state = state, .values = std::move(values)};
}

TEST_CASE("hosts: an address is itself, however it is written") {
  // No name server is asked for these.
  CHECK(resolve_host("127.0.0.1") == host_fact("127.0.0.1", FactState::kKnown, {"127.0.0.1"}));
  CHECK(resolve_host("0x7f.1") == host_fact("0x7f.1", FactState::kKnown, {"127.0.0.1"}));
  CHECK(resolve_host("2130706433") == host_fact("2130706433", FactState::kKnown, {"127.0.0.1"}));
  CHECK(resolve_host("::FFFF:10.0.0.1") ==
        host_fact("::FFFF:10.0.0.1", FactState::kKnown, {"::ffff:10.0.0.1"}));
}

TEST_CASE("hosts: what cannot be a name does not exist") {
  CHECK(resolve_host("") == host_fact("", FactState::kAbsent, {}));
  const std::string nul("a\0.example", 10);
  CHECK(resolve_host(nul) == host_fact(nul, FactState::kAbsent, {}));
  const std::string long_name(256, 'a');
  CHECK(resolve_host(long_name) == host_fact(long_name, FactState::kAbsent, {}));
}

}  // namespace
}  // namespace merlon
