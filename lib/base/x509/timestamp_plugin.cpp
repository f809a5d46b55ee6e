// Time stamps of RFC 3161.
#include <ctime>

#include "base/x509/openssl_handles.h"

namespace merlon_x509 {
namespace {

Owned<TS_RESP> response_of(MerlonBytes bytes) {
  const unsigned char* at = bytes.data;
  Owned<TS_RESP> response(d2i_TS_RESP(nullptr, &at, static_cast<long>(bytes.size)));
  return at == bytes.data + bytes.size ? std::move(response) : nullptr;
}

/// Nothing unless the authority granted it and it holds a token.
TS_TST_INFO* info_of(TS_RESP* response) {
  const TS_STATUS_INFO* status = TS_RESP_get_status_info(response);
  const long word = status != nullptr ? ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status)) : -1;
  const bool granted = word == TS_STATUS_GRANTED || word == TS_STATUS_GRANTED_WITH_MODS;
  return granted ? TS_RESP_get_tst_info(response) : nullptr;
}

int hash_bits_of(const TS_MSG_IMPRINT* imprint) {
  // TS_MSG_IMPRINT_get_algo takes a mutable pointer and changes nothing.
  const X509_ALGOR* algorithm = TS_MSG_IMPRINT_get_algo(const_cast<TS_MSG_IMPRINT*>(imprint));
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  switch (OBJ_obj2nid(object)) {
    case NID_sha256: return 256;
    case NID_sha384: return 384;
    case NID_sha512: return 512;
    default: return 0;
  }
}

std::int64_t time_of(const ASN1_TIME* time) {
  std::tm fields{};
  return ASN1_TIME_to_tm(time, &fields) == 1 ? std::int64_t{::timegm(&fields)} : -1;
}

/// The chain names the certificate that signs: another one below the same authority is not it.
bool is_named_signer(MerlonX509Chain chain, const X509* signer) {
  const Owned<X509> first = certificate_of(chain.certificates[0]);
  if (first == nullptr || signer == nullptr) {
    return false;
  }
  const bool authority = (X509_get_extension_flags(first.get()) & EXFLAG_CA) != 0;
  return authority || X509_cmp(first.get(), signer) == 0;
}

}  // namespace

int read_timestamp(MerlonBytes bytes, MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<TS_RESP> response = response_of(bytes);
  if (response == nullptr) {
    put_text(sink, kMerlonX509Reason, "it is no TimeStampResp of RFC 3161");
    return kMerlonSignatureNo;
  }
  TS_TST_INFO* info = info_of(response.get());
  if (info == nullptr || TS_TST_INFO_get_version(info) != 1) {
    put_text(sink, kMerlonX509Reason, "the authority did not grant it, or it holds no token");
    return kMerlonSignatureNo;
  }
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OCTET_STRING* digest = TS_MSG_IMPRINT_get_msg(imprint);
  put_time(sink, kMerlonX509Time, TS_TST_INFO_get_time(info));
  put_number(sink, kMerlonX509HashBits, hash_bits_of(imprint));
  put_bytes(sink, kMerlonX509Digest, ASN1_STRING_get0_data(digest),
            static_cast<std::size_t>(ASN1_STRING_length(digest)));
  return kMerlonSignatureYes;
}

int verify_timestamp(MerlonBytes bytes, MerlonX509Chain chain, MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<TS_RESP> response = response_of(bytes);
  const TS_TST_INFO* info = response != nullptr ? info_of(response.get()) : nullptr;
  if (info == nullptr || chain.size == 0) {
    put_text(sink, kMerlonX509Reason, "no token");
    return kMerlonSignatureNo;
  }
  const std::size_t last = chain.size - 1;
  const Owned<X509_STORE> store =
      store_of({.certificates = chain.certificates + last, .size = 1},
               time_of(TS_TST_INFO_get_time(info)), X509_PURPOSE_TIMESTAMP_SIGN);
  const CertificateStack others = stack_of(chain, 0, chain.size);
  if (store == nullptr || others == nullptr) {
    return kMerlonSignatureFailed;
  }
  X509* signer = nullptr;
  const int answer = TS_RESP_verify_signature(TS_RESP_get_token(response.get()), others.get(),
                                              store.get(), &signer);
  const Owned<X509> owner(signer);
  if (answer != 1) {
    put_last_error(sink, "the signature is wrong");
    return kMerlonSignatureNo;
  }
  if (!is_named_signer(chain, signer)) {
    put_text(sink, kMerlonX509Reason, "another certificate signed it");
    return kMerlonSignatureNo;
  }
  return kMerlonSignatureYes;
}

}  // namespace merlon_x509
