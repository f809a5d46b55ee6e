// Configurations of clients: what is wrapped says the same but for its launches, a second time
// changes nothing, and what is unwrapped starts as before.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/document_invariants.h"
#include "manifest/format.h"
#include "wrap/wrap_plan.h"

namespace {

merlon::LoadedFile read_text(const std::string& text) {
  return merlon::load_manifests(merlon::SourceText::copy_of("config", text), {.mask_excerpt = {}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const merlon::LoadedFile before = read_text(text);
  if (before.manifests.size() != 1) {
    return 0;
  }
  const merlon::WrapRequest request{
      .program = "/opt/merlon",
      .group = "g",
      .policy = "",
      .only = {},
      .is_file = {},
      .is_secret = [](std::string_view name, std::string_view) { return name.size() % 2 == 1; },
      .secret_path = [](const std::string&, const std::string& name) { return "/s/" + name; }};
  const auto plan = merlon::plan_wrap(before.manifests.front(), request);
  if (!plan || plan->text == text) {
    return 0;
  }
  const merlon::LoadedFile after =
      merlon::load_manifests(merlon::SourceText::copy_of("config", plan->text),
                             {.format = before.manifests.front().format, .mask_excerpt = {}});
  if (after.manifests.size() != 1 ||
      after.manifests.front().servers.size() != before.manifests.front().servers.size()) {
    merlon::test::broken("a wrapped configuration that names other servers");
  }
  const auto again = merlon::plan_wrap(after.manifests.front(), request);
  if (!again || again->text != plan->text) {
    merlon::test::broken("wrapping a second time changes something");
  }
  (void)merlon::plan_unwrap(after.manifests.front(), {});
  return 0;
}
