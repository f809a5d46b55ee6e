#include "base/x509/cms.h"

#include "base/hex.h"
#include "base/x509/x509_door.h"

namespace merlon {
namespace {

std::vector<CmsSigner> cms_signers(const X509Fields& fields) {
  const std::vector<std::string> subjects = fields.texts(kMerlonX509Signer);
  const std::vector<std::string> digests = fields.texts(kMerlonX509SignerDigest);
  std::vector<CmsSigner> signers;
  for (std::size_t at = 0; at < subjects.size() && at < digests.size(); ++at) {
    signers.push_back({.subject = subjects[at], .fingerprint = to_hex(digests[at])});
  }
  return signers;
}

}  // namespace

Result<CmsVerdict> verify_cms(std::string_view cms, std::string_view content,
                              const std::vector<std::string>& trusted, std::int64_t time) {
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  const X509ChainView view(trusted);
  X509Fields fields;
  MERLON_TRY(const bool good,
             x509_answer(functions->verify_cms(x509_bytes(cms), x509_bytes(content), view.get(),
                                               time, fields.sink())));
  return CmsVerdict{
      .ok = good, .reason = fields.text(kMerlonX509Reason), .signers = cms_signers(fields)};
}

Result<std::vector<CmsSigner>> claimed_signers(std::string_view cms) {
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  X509Fields fields;
  MERLON_TRY(const bool good, x509_answer(functions->read_cms(x509_bytes(cms), fields.sink())));
  if (!good) {
    return fail(ErrorCode::kFormat,
                "the signature cannot be read: ", fields.text(kMerlonX509Reason));
  }
  return cms_signers(fields);
}

}  // namespace merlon
