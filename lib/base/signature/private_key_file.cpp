#include "base/signature/private_key_file.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostKeyFileBytes = 8192;
constexpr std::string_view kPrivateBegin = "-----BEGIN PRIVATE KEY-----";
constexpr std::string_view kPrivateEnd = "-----END PRIVATE KEY-----";
constexpr std::string_view kNameField = "Key-Name: ";
// PrivateKeyInfo { 0, { id-Ed25519 }, OCTET STRING { OCTET STRING of 32 bytes } }.
constexpr std::array<std::uint8_t, 16> kPkcs8Head{0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                  0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

/// Wipes a string that held a secret when the scope ends.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { wipe(text_.data(), text_.size()); }

 private:
  std::string& text_;
};

class KeyDescriptor {
 public:
  explicit KeyDescriptor(int fd) : fd_(fd) {}
  KeyDescriptor(const KeyDescriptor&) = delete;
  KeyDescriptor& operator=(const KeyDescriptor&) = delete;
  ~KeyDescriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::string key_file_reason(int error) {
  return std::generic_category().message(error);
}

/// On the open file, so that it cannot be exchanged in between.
Status check_rights(int fd, const std::string& path) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) {
    return fail(ErrorCode::kIo, "cannot stat `", path, "`: ", key_file_reason(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", path, "` is not a regular file");
  }
  if ((status.st_mode & 0077U) != 0) {
    Error error = make_error(ErrorCode::kBadConfig, "the private key `", path,
                             "` can be used by others than its owner");
    error.hints.push_back("`chmod 600 " + path + "`, and make a new key if others were there");
    return std::unexpected(std::move(error));
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return fail(ErrorCode::kBadConfig, "the private key `", path, "` belongs to another user");
  }
  return {};
}

Status read_key_file(int fd, const std::string& path, std::string& text) {
  text.resize(kMostKeyFileBytes + 1);
  std::size_t used = 0;
  while (used < text.size()) {
    const ssize_t got = ::read(fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(ErrorCode::kIo, "cannot read `", path, "`: ", key_file_reason(errno));
    }
    if (got == 0) {
      break;
    }
    used += static_cast<std::size_t>(got);
  }
  if (used > kMostKeyFileBytes) {
    return fail(ErrorCode::kLimit, "the private key `", path, "` is larger than ",
                std::to_string(kMostKeyFileBytes), " bytes");
  }
  text.resize(used);
  return {};
}

Error explain_no_key(std::string_view text, std::string_view file) {
  if (text.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos) {
    Error error = make_error(ErrorCode::kUnsupported, "the private key `", file, "` is encrypted");
    error.hints.emplace_back("`openssl pkey -in FILE -out NEW` takes the password off");
    return error;
  }
  Error error = make_error(ErrorCode::kFormat, "`", file, "` holds no private key in PEM");
  error.hints.emplace_back(
      "`merlon attest keygen` and `openssl genpkey -algorithm ed25519` make one");
  return error;
}

std::string name_before(std::string_view head) {
  std::string name;
  for (const std::string_view line : split(head, '\n')) {
    if (line.starts_with(kNameField)) {
      name = std::string(trim(line.substr(kNameField.size())));
    }
  }
  return name;
}

Result<Ed25519PrivateKey> decode_key(std::string_view body, std::string_view file) {
  std::string digits;
  digits.reserve(body.size());
  const Wiped wiped_digits(digits);
  for (const char c : body) {
    if (c != '\n' && c != '\r') {
      digits.push_back(c);
    }
  }
  auto der = from_base64(digits, Base64Alphabet::kStandard);
  if (!der) {
    return fail(ErrorCode::kFormat, "the PEM block of `", file, "` is not base64");
  }
  const Wiped wiped_der(*der);
  const bool ed25519 =
      der->size() == kPkcs8Head.size() + 32 && der->starts_with(bytes_of(kPkcs8Head));
  if (!ed25519) {
    return fail(ErrorCode::kUnsupported, "the private key `", file,
                "` is not a plain Ed25519 key, the only kind that merlon signs with");
  }
  return Ed25519PrivateKey::from_seed(std::string_view(*der).substr(kPkcs8Head.size()));
}

Status write_key_text(int fd, std::string_view text, const std::string& path) {
  // The umask may not widen a mode, but a default access list could.
  if (::fchmod(fd, 0600) != 0) {
    return fail(ErrorCode::kIo, "cannot set the mode of `", path, "`: ", key_file_reason(errno));
  }
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return fail(ErrorCode::kIo, "cannot write `", path, "`: ", key_file_reason(errno));
    }
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(fd) != 0) {
    return fail(ErrorCode::kIo, "cannot sync `", path, "`: ", key_file_reason(errno));
  }
  return {};
}

}  // namespace

Result<PrivateKeyFile> parse_private_key(std::string_view text, std::string_view file) {
  const std::size_t begin = text.find(kPrivateBegin);
  if (begin == std::string_view::npos) {
    return std::unexpected(explain_no_key(text, file));
  }
  const std::size_t body = begin + kPrivateBegin.size();
  const std::size_t end = text.find(kPrivateEnd, body);
  if (end == std::string_view::npos) {
    return fail(ErrorCode::kFormat, "the PEM block of `", file, "` has no end");
  }
  MERLON_TRY(Ed25519PrivateKey key, decode_key(text.substr(body, end - body), file));
  return PrivateKeyFile{.name = name_before(text.substr(0, begin)), .key = std::move(key)};
}

std::string private_key_text(std::string_view name, const Ed25519PrivateKey& key) {
  std::string der(bytes_of(kPkcs8Head));
  der.reserve(kPkcs8Head.size() + key.seed().size());
  const Wiped wiped_der(der);
  der += key.seed();
  std::string digits = to_base64(der);
  const Wiped wiped_digits(digits);
  std::string text;
  text.reserve(256 + name.size());
  if (!name.empty()) {
    text.append(kNameField).append(name).append("\n");
  }
  text.append(kPrivateBegin).append("\n").append(digits).append("\n");
  return text.append(kPrivateEnd).append("\n");
}

Result<PrivateKeyFile> load_private_key(const std::string& path) {
  const KeyDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd.get() < 0) {
    const int error = errno;
    return fail(error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
                "cannot open `", path, "`: ", key_file_reason(error));
  }
  MERLON_CHECK(check_rights(fd.get(), path));
  std::string text;
  text.reserve(kMostKeyFileBytes + 1);
  const Wiped wiped(text);
  MERLON_CHECK(read_key_file(fd.get(), path, text));
  return parse_private_key(text, path);
}

Status create_private_key(const std::string& path, std::string_view name,
                          const Ed25519PrivateKey& key) {
  const KeyDescriptor fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd.get() < 0) {
    Error error =
        make_error(ErrorCode::kIo, "cannot create `", path, "`: ", key_file_reason(errno));
    error.hints.emplace_back("a private key is never overwritten");
    return std::unexpected(std::move(error));
  }
  std::string text = private_key_text(name, key);
  const Wiped wiped(text);
  Status written = write_key_text(fd.get(), text, path);
  if (!written) {
    ::unlink(path.c_str());
  }
  return written;
}

}  // namespace merlon
