// Everything of proof/ and rules/ that reads signed bytes of strangers. What is read must be
// written back to something that is read as the same, and nothing may verify under a key that did
// not sign.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fuzz/document_invariants.h"
#include "proof/dsse.h"
#include "proof/key.h"
#include "proof/note.h"
#include "rules/package_list_file.h"
#include "rules/rule_pack_file.h"
#include "rules/seen_versions.h"

namespace {

void demand(bool promise) {
  if (!promise) {
    std::abort();
  }
}

void check_note(const std::string& text) {
  const auto note = merlon::parse_note(text);
  if (!note) {
    merlon::test::check_error(note.error());
    return;
  }
  const auto again = merlon::parse_note(merlon::to_string(*note));
  demand(again && *again == *note);
  demand(merlon::verify_note(*note, {}).value().answer == merlon::NoteAnswer::kUnknownKeys);
}

void check_key(const std::string& text) {
  const auto key = merlon::parse_verifier_key(text);
  if (!key) {
    merlon::test::check_error(key.error());
    return;
  }
  demand(merlon::to_string(*key) == text);
  demand(!merlon::verify_with(*key, "message", std::string(64, '\0')).value_or(false));
}

void check_payload(const std::string& text) {
  const auto payload = merlon::parse_signed_payload(text, "fuzz", {});
  if (!payload) {
    merlon::test::check_error(payload.error());
    return;
  }
  if (const auto pack = merlon::read_rule_pack(*payload)) {
    const std::string written = merlon::rule_pack_text(*pack);
    const auto again = merlon::parse_signed_payload(written, "fuzz", {});
    demand(again.has_value());
    const auto same = merlon::read_rule_pack(*again);
    demand(same && same->head == pack->head && same->files.size() == pack->files.size());
  }
  if (const auto list = merlon::read_package_list(*payload)) {
    demand(list->facts().size() == list->packages.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_note(text);
  check_key(text);
  check_payload(text);
  const auto source = merlon::SourceText::copy_of("fuzz", text);
  if (const auto envelope = merlon::parse_dsse(source, {})) {
    const auto again =
        merlon::parse_dsse(merlon::SourceText::copy_of("fuzz", merlon::to_string(*envelope)), {});
    demand(again && again->payload == envelope->payload);
    check_payload(envelope->payload);
  } else {
    merlon::test::check_error(envelope.error());
  }
  (void)merlon::parse_seen_versions(source, {});
  return 0;
}
