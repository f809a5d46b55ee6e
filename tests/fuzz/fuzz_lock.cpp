// merlon.lock: every problem in words; every definition of a lock that is taken is in its document.
#include <cstddef>
#include <cstdint>
#include <string>

#include "capability/lock.h"
#include "fuzz/document_invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lock = merlon::load_lock(merlon::SourceText::copy_of("merlon.lock", text), {});
  if (!lock) {
    merlon::test::check_errors(lock.error());
    return 0;
  }
  merlon::test::check_document(lock->document);
  for (const merlon::LockedServer& server : lock->servers) {
    for (const merlon::LockedItem& item : server.items) {
      if (item.definition != merlon::kNoNode && item.definition >= lock->document.size()) {
        merlon::test::broken("a definition that is not there");
      }
      if (!item.digest.starts_with("sha256:") || item.digest.size() != 71) {
        merlon::test::broken("a digest that is none");
      }
    }
  }
  (void)merlon::compare_lock(*lock, {}, {});
  return 0;
}
