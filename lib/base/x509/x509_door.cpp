#include "base/x509/x509_door.h"

#include <algorithm>
#include <cstring>

#include "base/plugin.h"

namespace merlon {
namespace {

void put_x509_field(void* context, int field, MerlonBytes bytes) {
  static_cast<std::vector<std::pair<int, std::string>>*>(context)->emplace_back(
      field, std::string(reinterpret_cast<const char*>(bytes.data), bytes.size));
}

}  // namespace

Result<const MerlonX509Functions*> load_x509_functions() {
  MERLON_TRY(void* symbol, load_plugin_symbol("x509", "merlon_x509_functions"));
  const MerlonX509Functions* functions = reinterpret_cast<MerlonX509FunctionsGetter>(symbol)();
  if (functions->version != kMerlonX509Version) {
    return fail(ErrorCode::kUnsupported,
                "the plug-in `merlon_plugin_x509.so` is of another version");
  }
  return functions;
}

MerlonBytes x509_bytes(std::string_view bytes) {
  // OpenSSL wants an address even for no bytes.
  static constexpr std::uint8_t kNoBytes = 0;
  return {.data = bytes.empty() ? &kNoBytes : reinterpret_cast<const std::uint8_t*>(bytes.data()),
          .size = bytes.size()};
}

X509ChainView::X509ChainView(const std::vector<std::string>& certificates) {
  bytes_.reserve(certificates.size());
  for (const std::string& certificate : certificates) {
    bytes_.push_back(x509_bytes(certificate));
  }
}

MerlonX509Sink X509Fields::sink() {
  return {.context = &fields_, .put = put_x509_field};
}

std::string X509Fields::text(int field) const {
  const auto found = std::ranges::find(fields_, field, &std::pair<int, std::string>::first);
  return found == fields_.end() ? std::string() : found->second;
}

std::vector<std::string> X509Fields::texts(int field) const {
  std::vector<std::string> found;
  for (const auto& [kind, bytes] : fields_) {
    if (kind == field) {
      found.push_back(bytes);
    }
  }
  return found;
}

bool X509Fields::has(int field) const {
  return std::ranges::find(fields_, field, &std::pair<int, std::string>::first) != fields_.end();
}

std::int64_t X509Fields::number(int field, std::int64_t otherwise) const {
  const std::string bytes = text(field);
  std::int64_t value = otherwise;
  if (bytes.size() == sizeof value) {
    std::memcpy(&value, bytes.data(), sizeof value);
  }
  return value;
}

Result<bool> x509_answer(int answer) {
  if (answer == kMerlonSignatureYes || answer == kMerlonSignatureNo) {
    return answer == kMerlonSignatureYes;
  }
  return fail(ErrorCode::kInternal, "OpenSSL could not verify a signature");
}

}  // namespace merlon
