#include "wrap/config_backup.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "base/digest/digest.h"
#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/process/private_folder.h"

namespace merlon {
namespace {

constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kSecretDigits = 16;
constexpr unsigned kPrivateMode = 0600;
constexpr std::uint64_t kMostSecretBytes = std::uint64_t{1} << 20;

/// Letters, digits and `_` of a name, for people who look into the folder.
std::string plain_part(const std::string& name) {
  std::string out;
  for (const char c : name.substr(0, 40)) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    out.push_back(plain ? c : '_');
  }
  return out;
}

Status make_folder(const std::string& path) {
  MERLON_TRY(const UniqueFd folder, open_private_folder(path));
  return {};
}

}  // namespace

ConfigBackup::ConfigBackup(const std::string& state_folder, std::string path)
    : state_(state_folder),
      path_(std::move(path)),
      folder_(state_folder + "/wrap/" + sha256_hex(path_).substr(0, kIdDigits)) {}

Result<std::optional<KeptConfig>> ConfigBackup::find() const {
  const auto files = make_disk_files();
  const Limits limits;
  const std::string record = folder_ + "/record.json";
  if (!files->kind_of(record)) {
    return std::optional<KeptConfig>();
  }
  MERLON_TRY(const auto source, files->read(record, limits.toml_bytes));
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  MERLON_TRY(const auto original, files->read(folder_ + "/original", limits.file_bytes));
  KeptConfig kept{
      .original = std::string(original->bytes()),
      .wrapped_digest = document.string_or(document.find(document.root(), "wrapped_sha256"), "")};
  const std::string path = document.string_or(document.find(document.root(), "path"), "");
  const std::string digest =
      document.string_or(document.find(document.root(), "original_sha256"), "");
  if (path != path_ || digest != sha256_hex(kept.original)) {
    return fail(ErrorCode::kFormat, "the backup in `", folder_, "` is damaged");
  }
  return std::optional(std::move(kept));
}

Status ConfigBackup::keep(std::string_view original, std::string_view wrapped) const {
  MERLON_CHECK(make_folder(state_ + "/wrap"));
  MERLON_CHECK(make_folder(folder_));
  MERLON_CHECK(write_file_atomically(folder_ + "/original", original, kPrivateMode));
  JsonWriter record(JsonStyle::kPretty);
  record.begin_object()
      .field("format", 1)
      .field("path", path_)
      .field("original_sha256", sha256_hex(original))
      .field("wrapped_sha256", sha256_hex(wrapped))
      .end_object();
  return write_file_atomically(folder_ + "/record.json", std::move(record).take() + "\n",
                               kPrivateMode);
}

void ConfigBackup::forget() const {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string ConfigBackup::secret_path(const std::string& server, const std::string& name) const {
  return folder_ + "/secrets/" + plain_part(name) + "-" +
         sha256_hex(server + std::string(1, '\0') + name).substr(0, kSecretDigits);
}

Status ConfigBackup::keep_secret(const std::string& path, std::string_view value) const {
  MERLON_CHECK(make_folder(state_ + "/wrap"));
  MERLON_CHECK(make_folder(folder_));
  MERLON_CHECK(make_folder(folder_ + "/secrets"));
  return write_file_atomically(path, value, kPrivateMode);
}

std::optional<std::string> ConfigBackup::read_secret(const std::string& path) const {
  const std::string secrets = folder_ + "/secrets/";
  if (!path.starts_with(secrets) || path.find('/', secrets.size()) != std::string::npos) {
    return std::nullopt;
  }
  const auto source = make_disk_files()->read(path, kMostSecretBytes);
  return source ? std::optional(std::string((*source)->bytes())) : std::nullopt;
}

Result<std::string> replaceable_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(errno == ENOENT || errno == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
                "cannot open `", path, "`: ", std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", path, "` is not a regular file");
  }
  if (status.st_uid != ::geteuid()) {
    return fail(ErrorCode::kIo, "`", path, "` belongs to another user");
  }
  if ((status.st_mode & S_IWUSR) == 0) {
    Error error = make_error(ErrorCode::kIo, "`", path, "` is read-only");
    error.hints.emplace_back("whoever made it so may not want it changed; `chmod u+w` allows it");
    return std::unexpected(std::move(error));
  }
  if (status.st_nlink != 1) {
    return fail(ErrorCode::kIo, "`", path, "` has several names (hard links)");
  }
  return make_disk_files()->canonical(path);
}

}  // namespace merlon
