#pragma once
/// One verification while it runs: what its steps hand to each other. Only the sources of the
/// verifier include this.
#include <string>
#include <vector>

#include "attest/sigstore_entry_body.h"
#include "attest/sigstore_log.h"
#include "attest/sigstore_verifier.h"
#include "base/x509/certificate.h"

namespace merlon {

class SigstoreCheck {
 public:
  SigstoreCheck(const SigstoreBundle& bundle, const TrustedRoot& root,
                const SigstoreExpectation& expected, const SigstoreArtifact& artifact)
      : bundle_(bundle), root_(root), expected_(expected), artifact_(artifact) {}
  SigstoreCheck(const SigstoreCheck&) = delete;
  SigstoreCheck& operator=(const SigstoreCheck&) = delete;
  ~SigstoreCheck() = default;

  [[nodiscard]] Result<SigstoreVerdict> run();

 private:
  // Each adds its steps and answers whether to go on.
  [[nodiscard]] Result<bool> check_bundle();
  [[nodiscard]] Result<bool> check_signer();
  [[nodiscard]] Result<bool> check_times();
  [[nodiscard]] Result<bool> check_authority();
  [[nodiscard]] Result<bool> check_certificate_logs();
  [[nodiscard]] Result<bool> check_log();
  [[nodiscard]] Result<bool> check_entries();
  [[nodiscard]] Result<bool> check_identity();
  [[nodiscard]] Result<bool> check_signature();
  [[nodiscard]] Result<bool> check_artifact();

  [[nodiscard]] std::string fault_of_bundle() const;
  [[nodiscard]] Result<std::string> fault_of_promise(const LogEntry& entry);
  [[nodiscard]] Result<std::string> fault_of_timestamp(const std::string& der);
  [[nodiscard]] Result<std::string> fault_of_entry_in_log(const LogEntry& entry,
                                                          std::string& name) const;
  [[nodiscard]] Result<std::string> issuer_key_at(std::int64_t time, std::string& why) const;
  [[nodiscard]] Result<std::string> fault_of_entry(const LogEntry& entry) const;
  [[nodiscard]] Result<std::string> fault_of_entry_digest(const EntryBody& body) const;
  [[nodiscard]] Result<bool> signature_holds() const;
  [[nodiscard]] Result<bool> message_holds() const;
  [[nodiscard]] bool check_message_digest(const std::string& digest);
  [[nodiscard]] Result<bool> check_statement();

  bool pass(std::string_view step, std::string text);
  bool refuse(std::string_view step, std::string text, std::string_view hint = {});

  [[nodiscard]] bool has_certificate() const { return !bundle_.certificates.empty(); }
  [[nodiscard]] const std::string& signature() const;
  [[nodiscard]] std::vector<const TrustedLog*> logs_of(const LogEntry& entry) const;

  const SigstoreBundle& bundle_;
  const TrustedRoot& root_;
  const SigstoreExpectation& expected_;
  const SigstoreArtifact& artifact_;
  SigstoreVerdict verdict_;
  Certificate leaf_;
  PublicKey key_;
  std::vector<std::string> time_sources_;
  std::vector<std::string> issuer_keys_;  ///< of the chains that held, one a time
};

}  // namespace merlon
