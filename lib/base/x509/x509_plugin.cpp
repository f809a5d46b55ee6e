// The plug-in over OpenSSL's certificates, time stamps and CMS: the table of its functions, and
// what they share. Uses nothing of ours but the interface; OpenSSL throws nothing.
#include <cstring>
#include <ctime>

#include "base/x509/openssl_handles.h"

namespace merlon_x509 {

void put_bytes(MerlonX509Sink sink, int field, const void* data, std::size_t size) {
  static constexpr std::uint8_t kNothing = 0;
  sink.put(sink.context, field,
           {.data = data != nullptr ? static_cast<const std::uint8_t*>(data) : &kNothing,
            .size = data != nullptr ? size : 0});
}

void put_text(MerlonX509Sink sink, int field, const char* text) {
  put_bytes(sink, field, text, std::strlen(text));
}

void put_number(MerlonX509Sink sink, int field, std::int64_t value) {
  put_bytes(sink, field, &value, sizeof value);
}

void put_time(MerlonX509Sink sink, int field, const ASN1_TIME* time) {
  std::tm fields{};
  if (time != nullptr && ASN1_TIME_to_tm(time, &fields) == 1) {
    put_number(sink, field, ::timegm(&fields));
  }
}

void put_name(MerlonX509Sink sink, int field, const X509_NAME* name) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || name == nullptr) {
    return;
  }
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  put_bytes(sink, field, data, size > 0 ? static_cast<std::size_t>(size) : 0);
}

void put_digest(MerlonX509Sink sink, int field, const X509* certificate) {
  unsigned char bytes[EVP_MAX_MD_SIZE] = {};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), &bytes[0], &size) == 1) {
    put_bytes(sink, field, &bytes[0], size);
  }
}

void put_last_error(MerlonX509Sink sink, const char* otherwise) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  put_text(sink, kMerlonX509Reason, reason != nullptr ? reason : otherwise);
}

Owned<X509> certificate_of(MerlonBytes der) {
  const unsigned char* at = der.data;
  Owned<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size)));
  return at == der.data + der.size ? std::move(certificate) : nullptr;
}

CertificateStack stack_of(MerlonX509Chain chain, std::size_t first, std::size_t last) {
  CertificateStack stack(sk_X509_new_null());
  for (std::size_t at = first; stack != nullptr && at < last; ++at) {
    const Owned<X509> certificate = certificate_of(chain.certificates[at]);
    if (certificate == nullptr || sk_X509_push(stack.get(), certificate.get()) <= 0) {
      return nullptr;
    }
    // The stack frees what it holds, and so does this scope.
    X509_up_ref(certificate.get());
  }
  return stack;
}

Owned<X509_STORE> store_of(MerlonX509Chain trusted, std::int64_t time, int purpose) {
  Owned<X509_STORE> store(X509_STORE_new());
  for (std::size_t at = 0; store != nullptr && at < trusted.size; ++at) {
    const Owned<X509> certificate = certificate_of(trusted.certificates[at]);
    if (certificate == nullptr || X509_STORE_add_cert(store.get(), certificate.get()) != 1) {
      return nullptr;
    }
  }
  if (store != nullptr) {
    // What is trusted need not be self-signed: a pinned certificate is the end of the chain.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_set_purpose(store.get(), purpose);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), static_cast<time_t>(time));
  }
  return store;
}

const EVP_MD* hash_of(int bits) {
  switch (bits) {
    case 256: return EVP_sha256();
    case 384: return EVP_sha384();
    case 512: return EVP_sha512();
    default: return nullptr;
  }
}

}  // namespace merlon_x509

namespace {

constexpr MerlonX509Functions kX509Functions{
    .version = kMerlonX509Version,
    .read_certificate = merlon_x509::read_certificate,
    .verify_chain = merlon_x509::verify_chain,
    .key_algorithm = merlon_x509::key_algorithm,
    .verify = merlon_x509::verify_signature,
    .digest = merlon_x509::digest,
    .read_timestamp = merlon_x509::read_timestamp,
    .verify_timestamp = merlon_x509::verify_timestamp,
    .verify_cms = merlon_x509::verify_cms,
    .read_cms = merlon_x509::read_cms,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const MerlonX509Functions*
merlon_x509_functions() {
  return &kX509Functions;
}
