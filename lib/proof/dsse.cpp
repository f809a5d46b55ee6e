#include "proof/dsse.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"

namespace merlon {
namespace {

std::unexpected<Error> bad_envelope(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, "this is no DSSE envelope: ", why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

/// A member that must stand exactly once. kNoNode: there is none.
Result<NodeId> only_member(const Document& document, NodeId object, std::string_view name) {
  NodeId found = kNoNode;
  for (const auto& [key, value] : document.members(object)) {
    if (document.text(key) != name) {
      continue;
    }
    if (found != kNoNode) {
      return bad_envelope(document, key, "a member stands twice");
    }
    found = value;
  }
  return found;
}

Result<std::string> string_member(const Document& document, NodeId object, std::string_view name,
                                  bool required) {
  MERLON_TRY(const NodeId node, only_member(document, object, name));
  if (node == kNoNode && !required) {
    return std::string();
  }
  if (!document.is(node, NodeKind::kString)) {
    return bad_envelope(document, node == kNoNode ? object : node,
                        "`" + std::string(name) + "` must be a string");
  }
  return document.text(node);
}

Result<std::string> bytes_member(const Document& document, NodeId object, std::string_view name) {
  MERLON_TRY(const std::string text, string_member(document, object, name, true));
  auto bytes = from_base64(text, Base64Alphabet::kEither);
  if (!bytes) {
    return bad_envelope(document, object, "`" + std::string(name) + "` is not base64");
  }
  return *std::move(bytes);
}

Result<std::vector<DsseSignature>> read_signatures(const Document& document) {
  MERLON_TRY(const NodeId list, only_member(document, document.root(), "signatures"));
  if (!document.is(list, NodeKind::kArray)) {
    return bad_envelope(document, document.root(), "`signatures` must be an array");
  }
  const std::vector<NodeId> elements = document.elements(list);
  if (elements.empty()) {
    return bad_envelope(document, list, "it has no signature");
  }
  if (elements.size() > kMostDsseSignatures) {
    return fail(ErrorCode::kLimit, "the envelope has more than ",
                std::to_string(kMostDsseSignatures), " signatures");
  }
  std::vector<DsseSignature> signatures;
  for (const NodeId element : elements) {
    if (!document.is(element, NodeKind::kObject)) {
      return bad_envelope(document, element, "a signature must be an object");
    }
    DsseSignature signature;
    MERLON_TRY(signature.key_id, string_member(document, element, "keyid", false));
    MERLON_TRY(signature.bytes, bytes_member(document, element, "sig"));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

/// The trusted keys to try for a signature: those it names, else all.
std::vector<std::size_t> candidates(const DsseSignature& signature,
                                    std::span<const VerifierKey> trusted) {
  std::vector<std::size_t> named;
  std::vector<std::size_t> all;
  for (std::size_t at = 0; at < trusted.size(); ++at) {
    all.push_back(at);
    if (!signature.key_id.empty() && short_key(trusted[at]) == signature.key_id) {
      named.push_back(at);
    }
  }
  return named.empty() ? all : named;
}

}  // namespace

std::string dsse_encoding(std::string_view type, std::string_view body) {
  std::string out = "DSSEv1 ";
  out.append(std::to_string(type.size())).append(" ").append(type).append(" ");
  return out.append(std::to_string(body.size())).append(" ").append(body);
}

Result<DsseEnvelope> parse_dsse(std::shared_ptr<const SourceText> source, const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(std::move(source), JsonDialect::kStrict, limits));
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject)) {
    return bad_envelope(document, root, "it is no object");
  }
  DsseEnvelope envelope;
  MERLON_TRY(envelope.payload_type, string_member(document, root, "payloadType", true));
  MERLON_TRY(envelope.payload, bytes_member(document, root, "payload"));
  MERLON_TRY(envelope.signatures, read_signatures(document));
  return envelope;
}

std::string to_string(const DsseEnvelope& envelope) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  json.field("payloadType", envelope.payload_type);
  json.field("payload", to_base64(envelope.payload));
  json.key("signatures").begin_array();
  for (const DsseSignature& signature : envelope.signatures) {
    json.begin_object();
    json.field("keyid", signature.key_id).field("sig", to_base64(signature.bytes));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<DsseVerdict> verify_dsse(const DsseEnvelope& envelope, std::string_view type,
                                std::span<const VerifierKey> trusted) {
  DsseVerdict verdict;
  for (const DsseSignature& signature : envelope.signatures) {
    verdict.named.push_back(signature.key_id);
  }
  if (envelope.payload_type != type) {
    verdict.answer = DsseAnswer::kOtherType;
    return verdict;
  }
  const std::string message = dsse_encoding(envelope.payload_type, envelope.payload);
  bool claimed = false;
  for (const DsseSignature& signature : envelope.signatures) {
    for (const std::size_t at : candidates(signature, trusted)) {
      claimed = claimed || short_key(trusted[at]) == signature.key_id;
      MERLON_TRY(const bool good, verify_with(trusted[at], message, signature.bytes));
      if (good && std::ranges::find(verdict.keys, at) == verdict.keys.end()) {
        verdict.keys.push_back(at);
      }
    }
  }
  if (!verdict.keys.empty()) {
    verdict.answer = DsseAnswer::kVerified;
  } else {
    verdict.answer = claimed ? DsseAnswer::kBadSignature : DsseAnswer::kUnknownKeys;
  }
  return verdict;
}

Status sign_dsse(DsseEnvelope& envelope, const SigningKey& key) {
  if (envelope.signatures.size() == kMostDsseSignatures) {
    return fail(ErrorCode::kLimit, "the envelope has ", std::to_string(kMostDsseSignatures),
                " signatures already");
  }
  MERLON_TRY(const Ed25519Signature signature,
             sign_ed25519(key.key, dsse_encoding(envelope.payload_type, envelope.payload)));
  envelope.signatures.push_back(
      {.key_id = short_key(key.verifier), .bytes = std::string(bytes_of(signature))});
  return {};
}

}  // namespace merlon
