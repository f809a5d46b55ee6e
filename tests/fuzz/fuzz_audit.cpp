// Everything of audit/ and of the logs of proof/ that reads bytes of strangers. What is read must
// be written back to something that is read as the same, and no log verifies under a key that did
// not sign it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "audit/audit_export.h"
#include "audit/audit_line.h"
#include "audit/audit_verifier.h"
#include "fuzz/document_invariants.h"
#include "proof/checkpoint.h"
#include "proof/tile.h"
#include "proof/tlog_policy.h"
#include "proof/tlog_proof.h"

namespace {

void demand_audit(bool promise) {
  if (!promise) {
    std::abort();
  }
}

void check_formats(const std::string& text) {
  if (const auto checkpoint = merlon::parse_checkpoint(text)) {
    demand_audit(merlon::to_string(*checkpoint) == text);
  }
  if (const auto proof = merlon::parse_tlog_proof(text)) {
    const auto again = merlon::parse_tlog_proof(merlon::to_string(*proof));
    demand_audit(again && *again == *proof);
    (void)merlon::check_record_proof(*proof, {});
  }
  if (const auto policy = merlon::parse_tlog_policy(text, "fuzz")) {
    demand_audit(!policy->logs.empty());
  } else {
    merlon::test::check_error(policy.error());
  }
  if (const auto entries = merlon::parse_entry_bundle(text)) {
    std::string bundle;
    for (const std::string_view entry : *entries) {
      merlon::append_bundle_entry(bundle, entry);
    }
    demand_audit(bundle == text);
  }
  if (const auto head = merlon::parse_audit_head(text)) {
    demand_audit(head->time.size() == merlon::kAuditTimeSize);
  }
}

/// The first half is the checkpoint, the second the records; a NUL parts them.
void check_log(const std::string& text) {
  const std::size_t cut = text.find('\0');
  const std::string records = cut == std::string::npos ? text : text.substr(cut + 1);
  merlon::AuditLogView view{.checkpoint = text.substr(0, cut)};
  view.segments.push_back({.name = "log.jsonl", .first = 0, .bytes = records});
  view.file = [&](const std::string&) { return std::optional(records); };
  merlon::AuditTrust trust;
  const auto report = merlon::verify_audit_log(view, trust);
  demand_audit(!report || report->key_source == merlon::AuditKeySource::kNobody);
  view.foreign = true;
  (void)merlon::verify_audit_log(view, trust);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_formats(text);
  check_log(text);
  if (const auto exported = merlon::parse_audit_export(text)) {
    (void)merlon::verify_audit_log(exported->view(), {});
  } else {
    merlon::test::check_error(exported.error());
  }
  return 0;
}
