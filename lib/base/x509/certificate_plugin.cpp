// Certificates: what they say, and whether they lead to one that is trusted.
#include <cstring>

#include "base/x509/openssl_handles.h"

namespace merlon_x509 {
namespace {

constexpr char kSigstoreArc[] = "1.3.6.1.4.1.57264.1.";
constexpr char kSigstoreOtherName[] = "1.3.6.1.4.1.57264.1.7";
constexpr int kFirstDerExtension = 8;  // those before hold the bare text
constexpr int kLastSigstoreExtension = 999;

void put_string(MerlonX509Sink sink, int field, const ASN1_STRING* string) {
  put_bytes(sink, field, ASN1_STRING_get0_data(string),
            static_cast<std::size_t>(ASN1_STRING_length(string)));
}

void put_other_name(MerlonX509Sink sink, const OTHERNAME* name) {
  char oid[64] = {};
  OBJ_obj2txt(&oid[0], sizeof oid, name->type_id, 1);
  if (std::strcmp(&oid[0], &kSigstoreOtherName[0]) == 0 && name->value != nullptr &&
      name->value->type == V_ASN1_UTF8STRING) {
    put_string(sink, kMerlonX509OtherName, name->value->value.utf8string);
  }
}

void put_names(MerlonX509Sink sink, const X509* certificate) {
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int at = 0; names != nullptr && at < sk_GENERAL_NAME_num(names.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), at);
    if (name->type == GEN_URI) {
      put_string(sink, kMerlonX509Uri, name->d.uniformResourceIdentifier);
    } else if (name->type == GEN_EMAIL) {
      put_string(sink, kMerlonX509Email, name->d.rfc822Name);
    } else if (name->type == GEN_OTHERNAME) {
      put_other_name(sink, name->d.otherName);
    }
  }
}

/// The text of an extension: a DER UTF8String that fills it, or nothing.
void put_der_text(MerlonX509Sink sink, int field, const ASN1_OCTET_STRING* data) {
  const unsigned char* at = ASN1_STRING_get0_data(data);
  const unsigned char* end = at + ASN1_STRING_length(data);
  ASN1_UTF8STRING* text = d2i_ASN1_UTF8STRING(nullptr, &at, ASN1_STRING_length(data));
  if (text != nullptr && at == end) {
    put_string(sink, field, text);
  }
  ASN1_UTF8STRING_free(text);
}

void put_extension(MerlonX509Sink sink, X509_EXTENSION* extension) {
  char oid[64] = {};
  OBJ_obj2txt(&oid[0], sizeof oid, X509_EXTENSION_get_object(extension), 1);
  const std::size_t arc = sizeof kSigstoreArc - 1;
  if (std::strncmp(&oid[0], &kSigstoreArc[0], arc) != 0) {
    return;
  }
  int number = 0;
  for (const char* digit = &oid[arc]; *digit >= '0' && *digit <= '9'; ++digit) {
    number = number * 10 + (*digit - '0');
    if (number > kLastSigstoreExtension) {
      return;
    }
  }
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(extension);
  if (number >= kFirstDerExtension) {
    put_der_text(sink, kMerlonX509Sigstore + number, data);
  } else {
    put_string(sink, kMerlonX509Sigstore + number, data);
  }
}

void put_extensions(MerlonX509Sink sink, const X509* certificate) {
  for (int at = 0; at < X509_get_ext_count(certificate); ++at) {
    put_extension(sink, X509_get_ext(certificate, at));
  }
}

void put_key(MerlonX509Sink sink, int field, const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  const Owned<unsigned char> owner(bytes);
  if (size > 0) {
    put_bytes(sink, field, bytes, static_cast<std::size_t>(size));
  }
}

/// What a log of certificates signed: the certificate's body without the list of its promises.
void put_precertificate(MerlonX509Sink sink, const X509* certificate) {
  const int place = X509_get_ext_by_NID(certificate, NID_ct_precert_scts, -1);
  const Owned<X509> copy(place >= 0 ? X509_dup(certificate) : nullptr);
  if (copy == nullptr) {
    return;
  }
  X509_EXTENSION* extension = X509_delete_ext(copy.get(), place);
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(extension);
  const unsigned char* at = ASN1_STRING_get0_data(value);
  const Owned<ASN1_OCTET_STRING> inner(
      d2i_ASN1_OCTET_STRING(nullptr, &at, ASN1_STRING_length(value)));
  unsigned char* body = nullptr;
  const int size = i2d_re_X509_tbs(copy.get(), &body);
  const Owned<unsigned char> owner(body);
  if (inner != nullptr && size > 0) {
    put_string(sink, kMerlonX509SctList, inner.get());
    put_bytes(sink, kMerlonX509Precertificate, body, static_cast<std::size_t>(size));
  }
  X509_EXTENSION_free(extension);
}

void put_usage(MerlonX509Sink sink, X509* certificate) {
  const std::uint32_t flags = X509_get_extension_flags(certificate);
  if ((flags & EXFLAG_SI) != 0) {
    put_bytes(sink, kMerlonX509SelfIssued, nullptr, 0);
  }
  if ((flags & EXFLAG_CA) != 0) {
    put_bytes(sink, kMerlonX509Authority, nullptr, 0);
  }
  if ((flags & EXFLAG_XKUSAGE) != 0 &&
      (X509_get_extended_key_usage(certificate) & XKU_CODE_SIGN) != 0) {
    put_bytes(sink, kMerlonX509CodeSigning, nullptr, 0);
  }
  if ((flags & EXFLAG_KUSAGE) != 0 &&
      (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) != 0) {
    put_bytes(sink, kMerlonX509SignsData, nullptr, 0);
  }
}

}  // namespace

int read_certificate(MerlonBytes der, MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<X509> certificate = certificate_of(der);
  if (certificate == nullptr ||
      (X509_get_extension_flags(certificate.get()) & EXFLAG_INVALID) != 0) {
    return kMerlonSignatureNo;
  }
  put_key(sink, kMerlonX509Key, certificate.get());
  put_name(sink, kMerlonX509Subject, X509_get_subject_name(certificate.get()));
  put_name(sink, kMerlonX509Issuer, X509_get_issuer_name(certificate.get()));
  put_time(sink, kMerlonX509NotBefore, X509_get0_notBefore(certificate.get()));
  put_time(sink, kMerlonX509NotAfter, X509_get0_notAfter(certificate.get()));
  put_names(sink, certificate.get());
  put_extensions(sink, certificate.get());
  put_usage(sink, certificate.get());
  put_precertificate(sink, certificate.get());
  return kMerlonSignatureYes;
}

int verify_chain(MerlonBytes leaf, MerlonX509Chain chain, std::int64_t time, MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<X509> certificate = certificate_of(leaf);
  if (certificate == nullptr || chain.size == 0) {
    put_text(sink, kMerlonX509Reason, "no certificate");
    return kMerlonSignatureNo;
  }
  const std::size_t last = chain.size - 1;
  const Owned<X509_STORE> store =
      store_of({.certificates = chain.certificates + last, .size = 1}, time, X509_PURPOSE_ANY);
  const CertificateStack between = stack_of(chain, 0, last);
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (store == nullptr || between == nullptr || context == nullptr ||
      X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), between.get()) != 1) {
    return kMerlonSignatureFailed;
  }
  if (X509_verify_cert(context.get()) != 1) {
    put_text(sink, kMerlonX509Reason,
             X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
    return kMerlonSignatureNo;
  }
  const STACK_OF(X509)* verified = X509_STORE_CTX_get0_chain(context.get());
  if (sk_X509_num(verified) > 1) {
    put_key(sink, kMerlonX509IssuerKey, sk_X509_value(verified, 1));
  }
  return kMerlonSignatureYes;
}

}  // namespace merlon_x509
