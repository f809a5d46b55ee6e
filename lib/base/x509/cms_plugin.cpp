// Detached CMS (PKCS#7) signatures.
#include <climits>

#include "base/x509/openssl_handles.h"

namespace merlon_x509 {
namespace {

Owned<CMS_ContentInfo> cms_of(MerlonBytes bytes) {
  const unsigned char* at = bytes.data;
  Owned<CMS_ContentInfo> cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(bytes.size)));
  return at == bytes.data + bytes.size ? std::move(cms) : nullptr;
}

bool has_sound_hashes(CMS_ContentInfo* cms) {
  const STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
  for (int at = 0; at < sk_CMS_SignerInfo_num(signers); ++at) {
    X509_ALGOR* hash = nullptr;
    CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, at), nullptr, nullptr, &hash,
                             nullptr);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, hash);
    const int nid = OBJ_obj2nid(object);
    if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512) {
      return false;
    }
  }
  return sk_CMS_SignerInfo_num(signers) > 0;
}

/// Why this is nothing to verify; nothing when it is.
const char* fault_of(CMS_ContentInfo* cms) {
  if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) {
    return "it is no SignedData";
  }
  if (CMS_is_detached(cms) != 1) {
    return "it carries a content of its own, where only a detached signature is one";
  }
  return has_sound_hashes(cms) ? nullptr : "it is over another digest than SHA-256, 384 or 512";
}

void put_signer(MerlonX509Sink sink, const X509* signer) {
  put_name(sink, kMerlonX509Signer, X509_get_subject_name(signer));
  put_digest(sink, kMerlonX509SignerDigest, signer);
}

void put_verified_signers(MerlonX509Sink sink, CMS_ContentInfo* cms) {
  STACK_OF(X509)* signers = CMS_get0_signers(cms);
  for (int at = 0; at < sk_X509_num(signers); ++at) {
    put_signer(sink, sk_X509_value(signers, at));
  }
  sk_X509_free(signers);
}

}  // namespace

int verify_cms(MerlonBytes bytes, MerlonBytes content, MerlonX509Chain trusted, std::int64_t time,
               MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<CMS_ContentInfo> cms = cms_of(bytes);
  const char* fault = cms == nullptr ? "it is no CMS" : fault_of(cms.get());
  if (fault != nullptr) {
    put_text(sink, kMerlonX509Reason, fault);
    return kMerlonSignatureNo;
  }
  const Owned<X509_STORE> store = store_of(trusted, time, X509_PURPOSE_ANY);
  const CertificateStack known = stack_of(trusted, 0, trusted.size);
  if (store == nullptr || known == nullptr || content.size > INT_MAX) {
    return kMerlonSignatureFailed;
  }
  const Owned<BIO> data(BIO_new_mem_buf(content.data, static_cast<int>(content.size)));
  // The pinned certificates are offered as signers too: a signature may come without its own.
  if (data == nullptr || CMS_verify(cms.get(), known.get(), store.get(), data.get(), nullptr,
                                    CMS_BINARY | CMS_DETACHED) != 1) {
    put_last_error(sink, "the signature is wrong");
    return kMerlonSignatureNo;
  }
  put_verified_signers(sink, cms.get());
  return kMerlonSignatureYes;
}

int read_cms(MerlonBytes bytes, MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<CMS_ContentInfo> cms = cms_of(bytes);
  const char* fault = cms == nullptr ? "it is no CMS" : fault_of(cms.get());
  if (fault != nullptr) {
    put_text(sink, kMerlonX509Reason, fault);
    return kMerlonSignatureNo;
  }
  const CertificateStack along(CMS_get1_certs(cms.get()));
  for (int at = 0; along != nullptr && at < sk_X509_num(along.get()); ++at) {
    put_signer(sink, sk_X509_value(along.get(), at));
  }
  return kMerlonSignatureYes;
}

}  // namespace merlon_x509
