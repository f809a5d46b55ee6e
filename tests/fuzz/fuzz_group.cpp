// A group's file and the messages of its broker: what is read is written and read back as the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "fuzz/document_invariants.h"
#include "proxy/group_message.h"
#include "proxy/group_places.h"

namespace {

void check_group_file(const std::string& text) {
  const auto group = merlon::parse_group(text, "work");
  if (!group) {
    return;
  }
  const std::string written = merlon::group_json(*group);
  const auto again = merlon::parse_group(written, "work");
  if (!again || !(*again == *group) || merlon::group_json(*again) != written) {
    merlon::test::broken("a group that is not read back as it was written");
  }
}

void check_group_message(const std::string& text) {
  const auto message = merlon::parse_group_message(text);
  if (!message) {
    return;
  }
  const std::string written = merlon::group_message_json(*message);
  const auto again = merlon::parse_group_message(written);
  if (!again || !(*again == *message) || written.find('\n') != std::string::npos) {
    merlon::test::broken("a message that is not read back as it was written");
  }
}

void check_safe_name(const std::string& text) {
  const std::string safe = merlon::safe_group_name(text);
  if (safe.empty() || safe.size() > 64 || safe.find('/') != std::string::npos ||
      safe.find('\0') != std::string::npos || safe == "." || safe == "..") {
    merlon::test::broken("a name that is not safe");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_group_file(text);
  check_group_message(text);
  check_safe_name(text);
  (void)merlon::check_group_name(text);
  return 0;
}
