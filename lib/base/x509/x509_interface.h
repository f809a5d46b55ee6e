#pragma once
/// The C interface between lib/base/x509 and the plug-in over OpenSSL's certificates, time stamps
/// and CMS. Both are built from the same source; `version` catches a plug-in that an update left
/// behind.
///
/// Answers are those of the signature plug-in (signature_interface.h). What is more than a yes or
/// no is handed to a sink, field by field; the bytes are only valid during the call.
#include <cstddef>
#include <cstdint>

#include "base/signature/signature_interface.h"

extern "C" {

inline constexpr std::uint32_t kMerlonX509Version = 1;

/// What a sink is told.
enum MerlonX509Field : int {
  kMerlonX509Reason = 1,      ///< why the answer is no, as OpenSSL words it
  kMerlonX509Key,             ///< DER SubjectPublicKeyInfo, its bytes as they stand
  kMerlonX509Subject,         ///< RFC 2253
  kMerlonX509Issuer,          ///< RFC 2253
  kMerlonX509NotBefore,       ///< int64, seconds since 1970
  kMerlonX509NotAfter,        ///< int64
  kMerlonX509Uri,             ///< subject alternative names
  kMerlonX509Email,           ///<
  kMerlonX509OtherName,       ///< text of Sigstore's otherName (1.3.6.1.4.1.57264.1.7)
  kMerlonX509SelfIssued,      ///< no bytes: subject and issuer are the same name
  kMerlonX509Authority,       ///< no bytes: basic constraints say CA
  kMerlonX509CodeSigning,     ///< no bytes: extended key usage has code signing
  kMerlonX509SignsData,       ///< no bytes: key usage has digital signature
  kMerlonX509SctList,         ///< the SCT list of RFC 6962, TLS encoding
  kMerlonX509Precertificate,  ///< DER TBSCertificate without the SCT list
  kMerlonX509IssuerKey,       ///< key of the issuer in the chain that was verified
  kMerlonX509Time,            ///< int64: the time of a time stamp
  kMerlonX509HashBits,        ///< int64: 256, 384 or 512: the digest that a time stamp is over
  kMerlonX509Digest,          ///< that digest
  kMerlonX509Signer,          ///< subject of the certificate that signed
  kMerlonX509SignerDigest,    ///< SHA-256 of that certificate
  /// Sigstore's extensions 1.3.6.1.4.1.57264.1.N as kMerlonX509Sigstore + N: the text, without the
  /// DER string around it where there is one.
  kMerlonX509Sigstore = 1000,
};

struct MerlonX509Sink {
  void* context;
  void (*put)(void* context, int field, MerlonBytes bytes);
};

/// A certificate's chain: `certificates[0]` is the leaf where the caller says so, the last one is
/// trusted, those between may be used.
struct MerlonX509Chain {
  const MerlonBytes* certificates;
  std::size_t size;
};

struct MerlonX509Functions {
  std::uint32_t version;
  /// Fields of one DER certificate. No: these bytes are none.
  int (*read_certificate)(MerlonBytes der, MerlonX509Sink sink);
  /// Whether `leaf` leads to the last of `chain` at `time`. Puts the issuer's key.
  int (*verify_chain)(MerlonBytes leaf, MerlonX509Chain chain, std::int64_t time,
                      MerlonX509Sink sink);
  /// The name of a key's algorithm (`P-256`, `Ed25519`, `RSA`, else OpenSSL's) as a reason; no for
  /// bytes that are no SubjectPublicKeyInfo.
  int (*key_algorithm)(MerlonBytes key, MerlonX509Sink sink);
  /// `hash_bits` 0: the algorithm has its own (Ed25519). `digested` 1: the message is the digest.
  int (*verify)(MerlonBytes key, int hash_bits, int digested, MerlonBytes message,
                MerlonBytes signature);
  int (*digest)(int hash_bits, MerlonBytes message, MerlonX509Sink sink);
  /// Time, hash and digest of an RFC 3161 TimeStampResp. No with a reason for bytes that are none.
  int (*read_timestamp)(MerlonBytes response, MerlonX509Sink sink);
  /// Whether the first of `chain` (or one below it, when it is an authority) signed it, and the
  /// chain held at the token's own time. Says nothing about the digest.
  int (*verify_timestamp)(MerlonBytes response, MerlonX509Chain chain, MerlonX509Sink sink);
  /// Whether a detached CMS over `content` was signed by one of `trusted`, or by what leads to one
  /// of them at `time`. Puts signer, digest and reason.
  int (*verify_cms)(MerlonBytes cms, MerlonBytes content, MerlonX509Chain trusted,
                    std::int64_t time, MerlonX509Sink sink);
  /// Who claims to have signed: subject and digest of the certificate that came along.
  int (*read_cms)(MerlonBytes cms, MerlonX509Sink sink);
};

using MerlonX509FunctionsGetter = const MerlonX509Functions* (*)();

}  // extern "C"
