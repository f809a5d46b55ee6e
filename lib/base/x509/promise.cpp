#include "base/x509/promise.h"

#include <optional>

#include "base/signature/signature.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPromises = 32;
constexpr std::size_t kLogIdBytes = 32;
constexpr std::uint64_t kTlsSha256 = 4;
constexpr std::uint64_t kTlsSha384 = 5;
constexpr std::uint64_t kTlsSha512 = 6;

/// Numbers and fields of the TLS presentation language, from the front.
class TlsReader {
 public:
  explicit TlsReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::optional<std::string_view> bytes(std::size_t size) {
    if (rest_.size() < size) {
      return std::nullopt;
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::optional<std::uint64_t> number(std::size_t size) {
    const auto taken = bytes(size);
    if (!taken) {
      return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char byte : *taken) {
      value = (value << 8U) | static_cast<unsigned char>(byte);
    }
    return value;
  }

  /// A length of two bytes, then as many.
  std::optional<std::string_view> field() {
    const auto size = number(2);
    return size ? bytes(*size) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

void append_tls(std::string& out, std::uint64_t value, unsigned size) {
  for (unsigned at = size; at > 0; --at) {
    out.push_back(static_cast<char>((value >> (8U * (at - 1U))) & 0xFFU));
  }
}

std::unexpected<Error> bad_promises() {
  return fail(ErrorCode::kFormat, "the certificate's list of log promises (SCT) cannot be read");
}

Result<HashAlgorithm> promise_hash(std::uint64_t word) {
  switch (word) {
    case kTlsSha256: return HashAlgorithm::kSha256;
    case kTlsSha384: return HashAlgorithm::kSha384;
    case kTlsSha512: return HashAlgorithm::kSha512;
    default:
      return fail(ErrorCode::kUnsupported, "a log's promise (SCT) uses the digest number ",
                  std::to_string(word), ", which is not known");
  }
}

Result<CertificatePromise> parse_promise(std::string_view bytes) {
  TlsReader reader(bytes);
  const auto version = reader.number(1);
  if (!version) {
    return bad_promises();
  }
  if (*version != 0) {
    return fail(ErrorCode::kUnsupported, "a log's promise (SCT) has the version ",
                std::to_string(*version), ", which is not known");
  }
  const auto log_id = reader.bytes(kLogIdBytes);
  const auto time = reader.number(8);
  const auto extensions = reader.field();
  const auto hash = reader.number(1);
  const auto algorithm = reader.number(1);
  const auto signature = reader.field();
  if (!log_id || !time || !extensions || !hash || !algorithm || !signature || !reader.at_end()) {
    return bad_promises();
  }
  CertificatePromise promise{.log_id = std::string(*log_id),
                             .time_ms = *time,
                             .extensions = std::string(*extensions),
                             .signature = std::string(*signature)};
  MERLON_TRY(promise.hash, promise_hash(*hash));
  return promise;
}

}  // namespace

Result<std::vector<CertificatePromise>> parse_promises(std::string_view list) {
  TlsReader outer(list);
  const auto body = outer.field();
  if (!body || !outer.at_end()) {
    return bad_promises();
  }
  std::vector<CertificatePromise> promises;
  TlsReader reader(*body);
  while (!reader.at_end()) {
    const auto bytes = reader.field();
    if (!bytes) {
      return bad_promises();
    }
    if (promises.size() == kMostPromises) {
      return fail(ErrorCode::kLimit, "the certificate has more than ",
                  std::to_string(kMostPromises), " log promises (SCT)");
    }
    MERLON_TRY(CertificatePromise promise, parse_promise(*bytes));
    promises.push_back(std::move(promise));
  }
  return promises;
}

std::string promise_message(const CertificatePromise& promise, const Sha256& issuer_key,
                            std::string_view body) {
  constexpr unsigned kPrecertificate = 1;
  std::string out;
  append_tls(out, 0, 1);  // version
  append_tls(out, 0, 1);  // certificate_timestamp
  append_tls(out, promise.time_ms, 8);
  append_tls(out, kPrecertificate, 2);
  out += bytes_of(issuer_key);
  append_tls(out, body.size(), 3);
  out += body;
  append_tls(out, promise.extensions.size(), 2);
  return out + promise.extensions;
}

}  // namespace merlon
