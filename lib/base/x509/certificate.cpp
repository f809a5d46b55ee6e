#include "base/x509/certificate.h"

#include <algorithm>

#include "base/x509/x509_door.h"

namespace merlon {
namespace {

constexpr std::size_t kMostCertificateBytes = std::size_t{1} << 20U;

std::vector<std::pair<int, std::string>> sigstore_claims(const X509Fields& fields) {
  std::vector<std::pair<int, std::string>> claims;
  for (const auto& [field, bytes] : fields.all()) {
    if (field > kMerlonX509Sigstore) {
      claims.emplace_back(field - kMerlonX509Sigstore, bytes);
    }
  }
  return claims;
}

}  // namespace

std::string Certificate::claim(int number) const {
  const auto found = std::ranges::find(claims, number, &std::pair<int, std::string>::first);
  return found == claims.end() ? std::string() : found->second;
}

Result<Certificate> parse_certificate(std::string_view der) {
  if (der.size() > kMostCertificateBytes) {
    return fail(ErrorCode::kLimit, "a certificate has more than a million bytes");
  }
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  X509Fields fields;
  MERLON_TRY(const bool good,
             x509_answer(functions->read_certificate(x509_bytes(der), fields.sink())));
  if (!good || !fields.has(kMerlonX509NotBefore) || !fields.has(kMerlonX509NotAfter)) {
    return fail(ErrorCode::kFormat, "these bytes are no DER certificate");
  }
  return Certificate{.der = std::string(der),
                     .key = fields.text(kMerlonX509Key),
                     .subject = fields.text(kMerlonX509Subject),
                     .issuer = fields.text(kMerlonX509Issuer),
                     .not_before = fields.number(kMerlonX509NotBefore, 0),
                     .not_after = fields.number(kMerlonX509NotAfter, 0),
                     .uris = fields.texts(kMerlonX509Uri),
                     .emails = fields.texts(kMerlonX509Email),
                     .other_names = fields.texts(kMerlonX509OtherName),
                     .self_issued = fields.has(kMerlonX509SelfIssued),
                     .authority = fields.has(kMerlonX509Authority),
                     .code_signing = fields.has(kMerlonX509CodeSigning),
                     .signs_data = fields.has(kMerlonX509SignsData),
                     .promises = fields.text(kMerlonX509SctList),
                     .precertificate = fields.text(kMerlonX509Precertificate),
                     .claims = sigstore_claims(fields)};
}

Result<ChainVerdict> verify_chain(const Certificate& leaf, const std::vector<std::string>& chain,
                                  std::int64_t time) {
  if (time < leaf.not_before || time > leaf.not_after) {
    return ChainVerdict{.ok = false, .reason = "the certificate did not hold then"};
  }
  // RFC 5280: the last second belongs to the validity. To OpenSSL it does not.
  const bool last_second = time == leaf.not_after && time > leaf.not_before;
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  const X509ChainView view(chain);
  X509Fields fields;
  MERLON_TRY(const bool good,
             x509_answer(functions->verify_chain(x509_bytes(leaf.der), view.get(),
                                                 last_second ? time - 1 : time, fields.sink())));
  return ChainVerdict{.ok = good,
                      .reason = fields.text(kMerlonX509Reason),
                      .issuer_key = fields.text(kMerlonX509IssuerKey)};
}

}  // namespace merlon
