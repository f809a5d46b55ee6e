#include "attest/challenge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "attest/utc_time.h"
#include "base/base64.h"
#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

constexpr std::string_view kChallengeMember = "merlon_challenge";
constexpr std::string_view kTranscriptDomain = "merlon attestation transcript v1";
constexpr std::array<std::string_view, 4> kBasisWords{"absent", "self-reported", "inferred",
                                                      "measured"};
constexpr std::array<std::string_view, 6> kClaimNames{"executable", "package", "launch",
                                                      "surface",    "policy",  "audit"};
constexpr std::array<std::string_view, 3> kRoles{"server", "proxy", "client"};
constexpr std::size_t kMostNameBytes = 300;
constexpr std::int64_t kMillisecondsPerSecond = 1000;

std::unexpected<Error> bad_challenge(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, "this is no challenge: ", why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

Result<std::string> challenge_word(const Document& document, std::string_view name) {
  const auto node = document.find(document.root(), name, NodeKind::kString);
  if (!node) {
    return bad_challenge(document, document.root(), "`" + std::string(name) + "` must be a string");
  }
  std::string text = document.text(*node);
  if (text.empty() || text.size() > kMostNameBytes) {
    return bad_challenge(document, *node, "`" + std::string(name) + "` is empty or too long");
  }
  return text;
}

Result<std::int64_t> challenge_time(const Document& document, std::string_view name) {
  MERLON_TRY(const std::string text, challenge_word(document, name));
  const auto ms = parse_timestamp_ms(text);
  if (!ms) {
    return bad_challenge(document, document.root(),
                         "`" + std::string(name) + "` must be a time, 2026-01-31T12:00:00Z");
  }
  return *ms / kMillisecondsPerSecond;
}

Status only_challenge_members(const Document& document, NodeId object,
                              std::span<const std::string_view> known) {
  for (const auto& [key, value] : document.members(object)) {
    if ((document.node(key).flags & kNodeDuplicate) != 0) {
      return bad_challenge(document, key, "a member stands twice");
    }
    if (std::ranges::find(known, document.text(key)) == known.end()) {
      return bad_challenge(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  return {};
}

Result<std::vector<WantedClaim>> read_wants(const Document& document) {
  constexpr std::array<std::string_view, 2> kKnown{"claim", "basis"};
  const auto list = document.find(document.root(), "wants", NodeKind::kArray);
  if (!list) {
    return bad_challenge(document, document.root(), "`wants` must be an array");
  }
  std::vector<WantedClaim> wants;
  for (const NodeId entry : document.elements(*list)) {
    MERLON_CHECK(only_challenge_members(document, entry, kKnown));
    WantedClaim want{.name = document.string_or(document.find(entry, "claim"), "")};
    const auto basis = parse_claim_basis(document.string_or(document.find(entry, "basis"), ""));
    if (!is_claim_name(want.name) || !basis ||
        std::ranges::find(wants, want.name, &WantedClaim::name) != wants.end()) {
      return bad_challenge(document, entry, "each wanted `claim` has a `basis` and stands once");
    }
    want.basis = *basis;
    wants.push_back(std::move(want));
  }
  return wants;
}

void append_sized(std::string& out, std::string_view part) {
  const std::uint64_t size = part.size();
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    out.push_back(static_cast<char>((size >> (shift - 8)) & 0xFFU));
  }
  out.append(part);
}

}  // namespace

std::string_view to_string(ClaimBasis basis) {
  return kBasisWords[static_cast<std::size_t>(basis)];
}

Result<ClaimBasis> parse_claim_basis(std::string_view word) {
  const auto* found = std::ranges::find(kBasisWords, word);
  if (found == kBasisWords.end()) {
    return fail(ErrorCode::kFormat, "`", word,
                "` is no basis: absent, self-reported, inferred or measured");
  }
  return static_cast<ClaimBasis>(found - kBasisWords.begin());
}

bool is_claim_name(std::string_view name) {
  return std::ranges::find(kClaimNames, name) != kClaimNames.end();
}

bool is_attest_role(std::string_view role) {
  return std::ranges::find(kRoles, role) != kRoles.end();
}

std::string challenge_text(const Challenge& challenge) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  json.field(kChallengeMember, 1).field("nonce", to_base64(challenge.nonce));
  json.field("origin", challenge.origin).field("attester", challenge.attester);
  json.field("role", challenge.role);
  json.field("issued", utc_time_text(challenge.issued));
  json.field("expires", utc_time_text(challenge.expires));
  json.key("wants").begin_array();
  for (const WantedClaim& want : challenge.wants) {
    json.begin_object();
    json.field("claim", want.name).field("basis", to_string(want.basis));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<Challenge> parse_challenge(const std::shared_ptr<const SourceText>& source,
                                  const Limits& limits) {
  constexpr std::array<std::string_view, 8> kKnown{
      kChallengeMember, "nonce", "origin", "attester", "role", "issued", "expires", "wants"};
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  const auto version = document.find(document.root(), kChallengeMember, NodeKind::kNumber);
  if (!version) {
    return bad_challenge(document, document.root(), "it has no `merlon_challenge`");
  }
  if (document.raw(*version) != "1") {
    return fail(ErrorCode::kUnsupported, "version ", document.raw(*version),
                " of challenges is not known here");
  }
  MERLON_CHECK(only_challenge_members(document, document.root(), kKnown));
  Challenge out;
  MERLON_TRY(const std::string nonce, challenge_word(document, "nonce"));
  out.nonce = from_base64(nonce, Base64Alphabet::kStandard).value_or("");
  if (out.nonce.size() != kNonceBytes) {
    return bad_challenge(document, document.root(), "`nonce` must be base64 of 32 bytes");
  }
  MERLON_TRY(out.origin, challenge_word(document, "origin"));
  MERLON_TRY(out.attester, challenge_word(document, "attester"));
  MERLON_TRY(out.role, challenge_word(document, "role"));
  if (!is_attest_role(out.role)) {
    return bad_challenge(document, document.root(), "`role` must be server, proxy or client");
  }
  MERLON_TRY(out.issued, challenge_time(document, "issued"));
  MERLON_TRY(out.expires, challenge_time(document, "expires"));
  if (out.expires < out.issued) {
    return bad_challenge(document, document.root(), "`expires` lies before `issued`");
  }
  MERLON_TRY(out.wants, read_wants(document));
  return out;
}

std::string transcript_digest(std::string_view challenge, std::string_view nonce,
                              std::string_view channel) {
  std::string bytes;
  for (const std::string_view part : {kTranscriptDomain, challenge, nonce, channel}) {
    append_sized(bytes, part);
  }
  return sha256_hex(bytes);
}

}  // namespace merlon
