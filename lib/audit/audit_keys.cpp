#include "audit/audit_keys.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit_files.h"
#include "base/base64.h"
#include "base/digest/digest.h"
#include "base/files.h"
#include "base/process/unique_fd.h"
#include "base/random.h"
#include "base/signature/private_key_file.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kIdDigits = 16;

std::string pin_path(const std::string& state, std::string_view folder) {
  return state + "/folders/" + sha256_hex(folder);
}

/// Two lines: the log's key and that of epoch 0.
Result<AuditPin> read_log_pin(const std::string& folder, std::string_view origin) {
  MERLON_TRY(const std::string text, read_small_file(folder + "/log.vkey"));
  MERLON_TRY(std::vector<VerifierKey> keys, parse_verifier_keys(text, folder + "/log.vkey"));
  if (keys.size() != 2) {
    return fail(ErrorCode::kFormat, "`", folder, "/log.vkey` does not hold two keys");
  }
  AuditPin pin{.origin = std::string(origin),
               .log_key = std::move(keys[0]),
               .first_epoch_key = std::move(keys[1])};
  auto checkpoint = read_small_file(folder + "/checkpoint");
  if (checkpoint) {
    pin.checkpoint = *std::move(checkpoint);
  } else if (checkpoint.error().code != ErrorCode::kNotFound) {
    return std::unexpected(std::move(checkpoint).error());
  }
  return pin;
}

/// Best effort: a file system that copies on write keeps the old bytes somewhere.
Status overwrite_secret(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (!file.open() || ::fstat(file.get(), &status) != 0) {
    return errno == ENOENT ? Status() : audit_io_error("cannot open", path, errno);
  }
  const std::string zeros(static_cast<std::size_t>(status.st_size), '\0');
  if (::pwrite(file.get(), zeros.data(), zeros.size(), 0) != status.st_size ||
      ::fsync(file.get()) != 0) {
    return audit_io_error("cannot overwrite", path, errno);
  }
  return {};
}

Result<SigningKey> new_key_file(const std::string& path, const std::string& name) {
  MERLON_TRY(Ed25519PrivateKey secret, generate_ed25519());
  MERLON_CHECK(create_private_key(path, name, secret));
  return make_signing_key(name, std::move(secret));
}

/// What is left of a log whose making was interrupted: keys that no pin names.
Status drop_unfinished_keys(const std::string& folder) {
  if (::access((folder + "/log.vkey").c_str(), F_OK) == 0) {
    return {};  // of another log: its keys stay, and are not made again
  }
  for (const char* const name : {"/log.key", "/epoch.key"}) {
    const std::string path = folder + name;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return audit_io_error("cannot remove", path, errno);
    }
  }
  return {};
}

}  // namespace

std::string epoch_key_name(std::string_view origin, std::uint64_t epoch) {
  return std::string(origin) + "/epoch-" + std::to_string(epoch);
}

std::optional<std::uint64_t> epoch_of_key_name(std::string_view origin, std::string_view name) {
  constexpr std::string_view kMark = "/epoch-";
  if (!name.starts_with(origin) || !name.substr(origin.size()).starts_with(kMark)) {
    return std::nullopt;
  }
  const auto number = parse_unsigned(name.substr(origin.size() + kMark.size()));
  return number && epoch_key_name(origin, *number) == name ? number : std::nullopt;
}

std::string audit_key_folder(std::string_view state, std::string_view origin) {
  return std::string(state) + "/" + sha256_hex(origin).substr(0, kIdDigits);
}

Result<std::optional<AuditPin>> find_audit_pin(const std::string& state, std::string_view folder) {
  if (state.empty()) {
    return std::optional<AuditPin>();
  }
  auto text = read_small_file(pin_path(state, folder));
  if (!text) {
    return text.error().code == ErrorCode::kNotFound
               ? Result<std::optional<AuditPin>>(std::optional<AuditPin>())
               : std::unexpected(std::move(text).error());
  }
  return find_audit_pin_of(state, text->substr(0, text->find('\n')));
}

Result<std::optional<AuditPin>> find_audit_pin_of(const std::string& state,
                                                  std::string_view origin) {
  auto pin = read_log_pin(audit_key_folder(state, origin), origin);
  if (!pin && pin.error().code == ErrorCode::kNotFound) {
    return std::optional<AuditPin>();
  }
  if (!pin) {
    return std::unexpected(std::move(pin).error());
  }
  return std::optional(*std::move(pin));
}

Result<AuditKeys> create_audit_keys(const std::string& state, std::string_view folder,
                                    std::string_view origin) {
  if (!is_key_name(origin)) {
    return fail(ErrorCode::kUsage, "`", origin, "` is no origin of a log: a name without blanks");
  }
  const std::string path = audit_key_folder(state, origin);
  MERLON_CHECK(make_private_folder(path));
  MERLON_CHECK(make_private_folder(state + "/folders"));
  MERLON_CHECK(drop_unfinished_keys(path));
  MERLON_TRY(SigningKey log, new_key_file(path + "/log.key", std::string(origin)));
  MERLON_TRY(SigningKey epoch, new_key_file(path + "/epoch.key", epoch_key_name(origin, 0)));
  const std::string pin = std::string(origin) + "\n" + std::string(folder) + "\n";
  MERLON_CHECK(write_file_atomically(pin_path(state, folder), pin, 0600));
  // The last: before it is there, nothing is pinned, and all of this is done again.
  MERLON_CHECK(write_file_atomically(
      path + "/log.vkey", to_string(log.verifier) + "\n" + to_string(epoch.verifier) + "\n", 0600));
  return AuditKeys{.folder = path, .log = std::move(log), .epoch = std::move(epoch)};
}

Result<AuditKeys> load_audit_keys(const std::string& state, std::string_view origin) {
  const std::string path = audit_key_folder(state, origin);
  MERLON_TRY(SigningKey log, load_signing_key(path + "/log.key", ""));
  auto current = load_signing_key(path + "/epoch.key", "");
  if (!current && current.error().code == ErrorCode::kFormat &&
      load_signing_key(path + "/epoch.next", "")) {
    // The old key was overwritten, and then came the crash.
    if (::rename((path + "/epoch.next").c_str(), (path + "/epoch.key").c_str()) != 0) {
      return audit_io_error("cannot rename", path + "/epoch.next", errno);
    }
    current = load_signing_key(path + "/epoch.key", "");
  }
  MERLON_TRY(SigningKey epoch, std::move(current));
  const auto number = epoch_of_key_name(origin, epoch.verifier.name);
  if (log.verifier.name != origin || !number) {
    return fail(ErrorCode::kFormat, "the keys in `", path, "` are not those of `", origin, "`");
  }
  AuditKeys keys{
      .folder = path, .log = std::move(log), .epoch = std::move(epoch), .epoch_number = *number};
  auto next = load_signing_key(path + "/epoch.next", "");
  if (next) {
    keys.next = *std::move(next);
  } else if (next.error().code != ErrorCode::kNotFound) {
    // A file that was not written whole: no record can name its key.
    MERLON_CHECK(drop_epoch_change(keys));
  }
  return keys;
}

Result<std::string> begin_epoch_change(AuditKeys& keys) {
  MERLON_CHECK(drop_epoch_change(keys));  // of an attempt that could not even be taken back
  MERLON_TRY(SigningKey next,
             new_key_file(keys.folder + "/epoch.next",
                          epoch_key_name(keys.log.verifier.name, keys.epoch_number + 1)));
  std::string text = to_string(next.verifier);
  keys.next = std::move(next);
  return text;
}

Status finish_epoch_change(AuditKeys& keys) {
  if (!keys.next) {
    return fail(ErrorCode::kInternal, "there is no next epoch");
  }
  const std::string path = keys.folder + "/epoch.key";
  MERLON_CHECK(overwrite_secret(path));
  if (::rename((keys.folder + "/epoch.next").c_str(), path.c_str()) != 0) {
    return audit_io_error("cannot rename", keys.folder + "/epoch.next", errno);
  }
  MERLON_CHECK(sync_folder(keys.folder));
  if (keys.next) {
    keys.epoch = *std::move(keys.next);
    ++keys.epoch_number;
  }
  keys.next.reset();
  return {};
}

Status drop_epoch_change(AuditKeys& keys) {
  keys.next.reset();
  const std::string path = keys.folder + "/epoch.next";
  MERLON_CHECK(overwrite_secret(path));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return audit_io_error("cannot remove", path, errno);
  }
  return {};
}

Result<std::string> audit_token_key(const AuditKeys& keys) {
  constexpr std::size_t kKeyBytes = 32;
  const std::string path = keys.folder + "/token.key";
  auto text = read_small_file(path);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    MERLON_TRY(const std::string fresh, random_bytes(kKeyBytes));
    MERLON_CHECK(write_new_file(path, to_base64(fresh) + "\n", 0600));
    return fresh;
  }
  MERLON_TRY(const std::string digits, std::move(text));
  auto key = from_base64(trim(digits), Base64Alphabet::kStandard);
  if (!key || key->size() != kKeyBytes) {
    return fail(ErrorCode::kFormat, "`", path, "` is no key of 32 bytes");
  }
  return *std::move(key);
}

Status keep_audit_checkpoint(const AuditKeys& keys, std::string_view note) {
  return write_file_atomically(keys.folder + "/checkpoint", note, 0600);
}

Status make_private_folder(const std::string& path) {
  for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return audit_io_error("cannot make", part, errno);
    }
    if (at == std::string::npos) {
      return {};
    }
  }
}

}  // namespace merlon
