#pragma once
/// The signature at the end of a `.mcpb` bundle:
///
///   ZIP || "MCPB_SIG_V1" || u32 little endian length || CMS (DER, detached) || "MCPB_SIG_END"
///
///   MERLON_TRY(const auto parts, split_mcpb(bytes));
///   MERLON_TRY(const McpbVerdict verdict, verify_mcpb(*parts, trusted, now));
///
/// docs/spec/sigstore.md. The signature is over all bytes before the header. Pure but for OpenSSL;
/// safe from many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/x509/cms.h"
#include "model/verification.h"

namespace merlon {

/// Views into the bytes that were split.
struct McpbPartsView {
  std::string_view content;    ///< the ZIP
  std::string_view signature;  ///< DER
};

/// Nothing for a file that ends without a footer: it is not signed. `kFormat` for a footer whose
/// length does not lead back to its header, and for a ZIP that goes on behind its end record.
[[nodiscard]] Result<std::optional<McpbPartsView>> split_mcpb(std::string_view bytes);

struct McpbVerdict {
  Verification verification;
  std::vector<CmsSigner> claimed;  ///< who the certificates that came along say it was
};

/// Steps `footer` and `signature`. `trusted` are DER certificates: authorities, or the
/// signers themselves.
[[nodiscard]] Result<McpbVerdict> verify_mcpb(const McpbPartsView& parts,
                                              const std::vector<std::string>& trusted,
                                              std::int64_t time);

}  // namespace merlon
