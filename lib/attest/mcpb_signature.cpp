#include "attest/mcpb_signature.h"

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kMcpbHeader = "MCPB_SIG_V1";
constexpr std::string_view kMcpbFooter = "MCPB_SIG_END";
constexpr std::size_t kMcpbLengthBytes = 4;
constexpr std::size_t kMostMcpbSignature = std::size_t{1} << 20U;

constexpr std::string_view kZipEnd = "PK\x05\x06";
constexpr std::size_t kZipEndBytes = 22;
constexpr std::size_t kMostZipComment = 0xFFFF;

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t at = bytes.size(); at > 0; --at) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[at - 1]);
  }
  return value;
}

/// Whether the ZIP's end record, with its comment, is the end of the content. The nearest to the
/// end whose comment fits counts: a comment may hold the mark.
bool ends_as_zip(std::string_view content) {
  if (content.size() < kZipEndBytes) {
    return false;
  }
  const std::size_t last = content.size() - kZipEndBytes;
  const std::size_t first = last > kMostZipComment ? last - kMostZipComment : 0;
  for (std::size_t at = content.rfind(kZipEnd, last); at != std::string_view::npos && at >= first;
       at = content.rfind(kZipEnd, at - 1)) {
    if (at + kZipEndBytes + little_endian(content.substr(at + 20, 2)) == content.size()) {
      return true;
    }
    if (at == 0) {
      break;
    }
  }
  return false;
}

std::unexpected<Error> bad_mcpb(std::string_view why) {
  return fail(ErrorCode::kFormat, "the bundle's signature cannot be read: ", why);
}

/// Reads from the end: the last footer counts. The header is the one to which a length leads, not
/// the first bytes that look like one: DER may hold those bytes.
std::optional<McpbPartsView> find_mcpb_parts(std::string_view bytes) {
  const std::string_view before = bytes.substr(0, bytes.size() - kMcpbFooter.size());
  const std::size_t head = kMcpbHeader.size() + kMcpbLengthBytes;
  const std::size_t least =
      before.size() > kMostMcpbSignature + head ? before.size() - kMostMcpbSignature - head : 0;
  for (std::size_t at = before.rfind(kMcpbHeader); at != std::string_view::npos && at >= least;
       at = before.rfind(kMcpbHeader, at - 1)) {
    const std::string_view rest = before.substr(at + kMcpbHeader.size());
    if (rest.size() >= kMcpbLengthBytes &&
        little_endian(rest.substr(0, kMcpbLengthBytes)) == rest.size() - kMcpbLengthBytes) {
      return McpbPartsView{.content = bytes.substr(0, at),
                           .signature = rest.substr(kMcpbLengthBytes)};
    }
    if (at == 0) {
      break;
    }
  }
  return std::nullopt;
}

std::string signer_text(const std::vector<CmsSigner>& signers) {
  std::vector<std::string> texts;
  texts.reserve(signers.size());
  for (const CmsSigner& signer : signers) {
    texts.push_back(signer.subject + " (SHA-256 " + signer.fingerprint + ")");
  }
  return join(texts, ", ");
}

}  // namespace

Result<std::optional<McpbPartsView>> split_mcpb(std::string_view bytes) {
  if (!bytes.ends_with(kMcpbFooter)) {
    // A footer with something behind it is no unsigned bundle but a changed one.
    const std::size_t footer = bytes.rfind(kMcpbFooter);
    const bool changed = footer != std::string_view::npos &&
                         bytes.rfind(kMcpbHeader, footer) != std::string_view::npos;
    return changed ? Result<std::optional<McpbPartsView>>(
                         bad_mcpb("something stands behind its footer"))
                   : Result<std::optional<McpbPartsView>>(std::optional<McpbPartsView>());
  }
  const auto parts = find_mcpb_parts(bytes);
  if (!parts) {
    return bad_mcpb("no header with a length that leads to the footer");
  }
  if (!ends_as_zip(parts->content)) {
    return bad_mcpb("what is signed does not end as a ZIP does");
  }
  return parts;
}

Result<McpbVerdict> verify_mcpb(const McpbPartsView& parts, const std::vector<std::string>& trusted,
                                std::int64_t time) {
  McpbVerdict verdict;
  verdict.verification.pass("footer", "a signature of " + std::to_string(parts.signature.size()) +
                                          " bytes over " + std::to_string(parts.content.size()));
  const auto claimed = claimed_signers(parts.signature);
  if (!claimed) {
    verdict.verification.refuse("signature", claimed.error().message);
    return verdict;
  }
  verdict.claimed = *claimed;
  MERLON_TRY(const CmsVerdict answer, verify_cms(parts.signature, parts.content, trusted, time));
  if (answer.ok) {
    verdict.verification.pass("signature", "signed by " + signer_text(answer.signers));
  } else {
    verdict.verification.refuse("signature", "it does not hold: " + answer.reason +
                                                 "; it claims to be by " + signer_text(*claimed));
  }
  return verdict;
}

}  // namespace merlon
