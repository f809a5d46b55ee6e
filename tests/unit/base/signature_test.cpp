#include "base/signature/signature.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/signature/private_key_file.h"

namespace merlon {
namespace {

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  }
  return out;
}

Ed25519PublicKey to_key(std::string_view bytes) {
  Ed25519PublicKey key{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
  return key;
}

// RFC 8032, section 7.1, test 2.
const std::string kSeed =
    from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
const std::string kPublic =
    from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const std::string kSignature = from_hex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

/// A folder of its own that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "merlon-key-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// RFC 8410, section 10.3: the example key without attributes.
constexpr std::string_view kRfc8410 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("Ed25519: the key pair and the signature of RFC 8032, test 2") {
  const auto key = Ed25519PrivateKey::from_seed(kSeed);
  REQUIRE(key.has_value());
  CHECK(bytes_of(public_key_of(*key).value()) == kPublic);
  CHECK(bytes_of(sign_ed25519(*key, "\x72").value()) == kSignature);
  CHECK(verify_ed25519(to_key(kPublic), "\x72", kSignature).value());
}

TEST_CASE("Ed25519: every flipped bit of a signature, another text and another length say no") {
  const Ed25519PublicKey key = to_key(kPublic);
  for (std::size_t bit = 0; bit < 8 * kSignature.size(); ++bit) {
    std::string bad = kSignature;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    CHECK_FALSE(verify_ed25519(key, "\x72", bad).value());
  }
  CHECK_FALSE(verify_ed25519(key, "\x73", kSignature).value());
  CHECK_FALSE(verify_ed25519(key, "", kSignature).value());
  CHECK_FALSE(verify_ed25519(key, "\x72", kSignature.substr(0, 63)).value());
  CHECK_FALSE(verify_ed25519(key, "\x72", kSignature + '\0').value());
  CHECK_FALSE(verify_ed25519(key, "\x72", "").value());
}

TEST_CASE("Ed25519: an S with the group's order added is refused") {
  // S + L: the same signature in the eyes of a verifier that does not look at the range of S.
  const std::string order =
      from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  std::string other = kSignature;
  unsigned carry = 0;
  for (std::size_t at = 0; at < 32; ++at) {
    const unsigned sum = static_cast<unsigned char>(kSignature[32 + at]) +
                         static_cast<unsigned char>(order[at]) + carry;
    other[32 + at] = static_cast<char>(sum & 0xFFU);
    carry = sum >> 8U;
  }
  CHECK_FALSE(verify_ed25519(to_key(kPublic), "\x72", other).value());
}

TEST_CASE("Ed25519: two generated keys differ, and each verifies its own signatures only") {
  const auto one = generate_ed25519();
  const auto two = generate_ed25519();
  REQUIRE(one.has_value());
  REQUIRE(two.has_value());
  CHECK(one->seed() != two->seed());
  const auto signature = sign_ed25519(*one, "text").value();
  CHECK(verify_ed25519(public_key_of(*one).value(), "text", bytes_of(signature)).value());
  CHECK_FALSE(verify_ed25519(public_key_of(*two).value(), "text", bytes_of(signature)).value());
}

TEST_CASE("Ed25519: points of small order and coordinates above the prime are no keys") {
  for (const std::string_view hex :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    CAPTURE(hex);
    CHECK_FALSE(is_sound_ed25519_key(to_key(from_hex(hex))));
  }
  CHECK(is_sound_ed25519_key(to_key(kPublic)));
  CHECK(is_sound_ed25519_key(
      to_key(from_hex("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))));
  CHECK(is_sound_ed25519_key(
      to_key(from_hex("0200000000000000000000000000000000000000000000000000000000000000"))));
}

TEST_CASE("Ed25519: a moved-from private key holds zeros") {
  auto key = Ed25519PrivateKey::from_seed(kSeed).value();
  const Ed25519PrivateKey other = std::move(key);
  CHECK(other.seed() == kSeed);
  // NOLINTNEXTLINE(bugprone-use-after-move): what is left is the promise
  CHECK(key.seed() == std::string(32, '\0'));
}

TEST_CASE("ECDSA P-256: the example of RFC 6979, A.2.5, verifies; anything else does not") {
  const std::string key = from_hex(
      "3059301306072a8648ce3d020106082a8648ce3d030107034200"
      "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  const std::string signature = from_hex(
      "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  CHECK(verify_p256(key, "sample", signature).value());
  CHECK_FALSE(verify_p256(key, "sampl", signature).value());
  CHECK_FALSE(verify_p256(key, "sample", signature + '\0').value());
  CHECK_FALSE(verify_p256(key, "sample", "").value());
  std::string off_curve = key;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  CHECK(verify_p256(off_curve, "sample", signature).error().code == ErrorCode::kFormat);
  CHECK(verify_p256(key + '\0', "sample", signature).error().code == ErrorCode::kFormat);
  CHECK(verify_p256(kPublic, "sample", signature).error().code == ErrorCode::kFormat);
}

TEST_CASE("private key: the example of RFC 8410 is read, and written back byte for byte") {
  const auto file = parse_private_key(kRfc8410, "key.pem");
  REQUIRE(file.has_value());
  CHECK(file->name.empty());
  CHECK(bytes_of(public_key_of(file->key).value()) ==
        from_hex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
  CHECK(private_key_text("", file->key) == kRfc8410);
  const auto named = parse_private_key(private_key_text("example.com/rules", file->key), "key.pem");
  REQUIRE(named.has_value());
  CHECK(named->name == "example.com/rules");
  CHECK(named->key.seed() == file->key.seed());
}

TEST_CASE("private key: what is no plain Ed25519 key is refused with its reason") {
  const auto said = [](std::string_view text) {
    const auto file = parse_private_key(text, "k");
    return file ? std::string("read") : file.error().message;
  };
  CHECK(said("") == "`k` holds no private key in PEM");
  CHECK(
      said("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n") ==
      "the private key `k` is encrypted");
  CHECK(said("-----BEGIN PRIVATE KEY-----\nMC4C") == "the PEM block of `k` has no end");
  CHECK(said("-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n") ==
        "the PEM block of `k` is not base64");
  CHECK(said("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n") ==
        "the private key `k` is not a plain Ed25519 key, the only kind that merlon signs with");
}

TEST_CASE(
    "private key file: made with mode 0600, never overwritten, refused when others may read") {
  const TemporaryFolder folder;
  const std::string path = folder.file("key.pem");
  const auto key = Ed25519PrivateKey::from_seed(kSeed).value();
  REQUIRE(create_private_key(path, "example.com/rules", key).has_value());
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
  const auto loaded = load_private_key(path);
  REQUIRE(loaded.has_value());
  CHECK(loaded->name == "example.com/rules");
  CHECK(loaded->key.seed() == kSeed);

  CHECK(create_private_key(path, "", key).error().code == ErrorCode::kIo);
  const std::string link = folder.file("link.pem");
  REQUIRE(::symlink(folder.file("nowhere").c_str(), link.c_str()) == 0);
  CHECK(create_private_key(link, "", key).error().code == ErrorCode::kIo);

  for (const unsigned mode : {0640U, 0604U, 0620U, 0610U, 0644U}) {
    CAPTURE(mode);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK(load_private_key(path).error().code == ErrorCode::kBadConfig);
  }
  REQUIRE(::chmod(path.c_str(), 0400) == 0);
  CHECK(load_private_key(path).has_value());
  CHECK(load_private_key(folder.file("none")).error().code == ErrorCode::kNotFound);
}

}  // namespace merlon
