#include "base/x509/timestamp_token.h"

#include "base/x509/x509_door.h"

namespace merlon {
namespace {

constexpr std::size_t kMostTimestampBytes = std::size_t{1} << 20U;

Result<HashAlgorithm> timestamp_hash(std::int64_t bits) {
  for (const HashAlgorithm hash :
       {HashAlgorithm::kSha256, HashAlgorithm::kSha384, HashAlgorithm::kSha512}) {
    if (bits_of(hash) == bits) {
      return hash;
    }
  }
  return fail(ErrorCode::kUnsupported,
              "a time stamp is over another digest than SHA-256, SHA-384 or SHA-512");
}

}  // namespace

Result<TimestampToken> parse_timestamp(std::string_view response) {
  if (response.size() > kMostTimestampBytes) {
    return fail(ErrorCode::kLimit, "a time stamp has more than a million bytes");
  }
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  X509Fields fields;
  MERLON_TRY(const bool good,
             x509_answer(functions->read_timestamp(x509_bytes(response), fields.sink())));
  if (!good) {
    return fail(ErrorCode::kFormat,
                "a time stamp cannot be read: ", fields.text(kMerlonX509Reason));
  }
  TimestampToken token{.der = std::string(response),
                       .time = fields.number(kMerlonX509Time, -1),
                       .digest = fields.text(kMerlonX509Digest)};
  MERLON_TRY(token.hash, timestamp_hash(fields.number(kMerlonX509HashBits, 0)));
  if (token.time < 0) {
    return fail(ErrorCode::kFormat, "a time stamp has no time");
  }
  return token;
}

Result<TimestampVerdict> verify_timestamp(const TimestampToken& token,
                                          const std::vector<std::string>& chain) {
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  const X509ChainView view(chain);
  X509Fields fields;
  MERLON_TRY(const bool good, x509_answer(functions->verify_timestamp(x509_bytes(token.der),
                                                                      view.get(), fields.sink())));
  return TimestampVerdict{.ok = good, .reason = fields.text(kMerlonX509Reason)};
}

}  // namespace merlon
