#include "proof/ssh_signature.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/base64.h"
#include "base/digest/digest.h"
#include "base/digest/sha512.h"
#include "base/signature/signature.h"
#include "proof/ssh_wire.h"

namespace merlon {
namespace {

// Made with OpenSSH 9.2: `ssh-keygen -Y sign -f KEY -n file`. The signature of the security key was
// made with `openssl dgst -sign` over the bytes of PROTOCOL.u2f and is accepted by `ssh-keygen -Y
// verify`. The private keys are gone.
constexpr std::string_view kSshMessage = "hello, world\n";
constexpr std::string_view kEd25519Key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBS9rU9WdNC5EK5s2FFq0OPN0B8fnFFQjZUWet1liTFD"
    " ann@example.com";
constexpr std::string_view kP256Key =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCxeFp+i"
    "TLIohUb8Ge10JZOIvZbiVacoppu4Sn0f954LiuNVqPuzycng6x9AwBwm6rlIRi/Aq3N40wmb6H8vQ2c="
    " bob@example.com";
constexpr std::string_view kRsaKey =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCPzSkkHoRHOuS4selO6RBcJ6OjXy8QoZFUX0czvsin"
    "lHbeiRBARFYMqfkhaDw0uBk+qp0iQMQ4/+FMK70424Ht9WNtaDnvJD4fRbJ8tDE940mWgHhjMQL+cDAR"
    "OSpJZI+SacPObVKi2lIvOP+c40oBoolCFEPkRFgLrf4TW4Rs3DuLeReNwxaY05V861lccePzu9wT8s/2"
    "upoDTT3mpTY6LOgr56W1wHb0WJNHioKAQHbbBG46117RyuJBfb1kfl4esk67zzY+BPpgrltofWpebzlb"
    "krU0bGuuTb2yBbHCCZcuIeo6Dx7ka1bvpVj5939IxN/py4ojM221mY47xLvv r";
constexpr std::string_view kSecurityP256Key =
    "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNza"
    "C5jb20AAAAIbmlzdHAyNTYAAABBBG/4nv2SX1XD/5Ecd2k35McpbZ3idxYA49vGNxtZw1ai8FdGu3Xt1"
    "86j6oHF9LgeAXR5YF+qZu05QEsrq053+eQAAAAEc3NoOg== eve@example.com";
constexpr std::string_view kEd25519Sha512 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgFL2tT1Z00LkQrmzYUWrQ483QHx\n"
    "+cUVCNlRZ63WWJMUMAAAAEZmlsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQyNTUx\n"
    "OQAAAEAFJ8FVF6npTSibgUtEtz4p1cSdQ4G0eDuC9A3SGPkXbHMWCr5jq7K2CHIddKDY68\n"
    "lz2R9+J/X1ybUSazUbf9kD\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kEd25519Sha256 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgFL2tT1Z00LkQrmzYUWrQ483QHx\n"
    "+cUVCNlRZ63WWJMUMAAAAEZmlsZQAAAAAAAAAGc2hhMjU2AAAAUwAAAAtzc2gtZWQyNTUx\n"
    "OQAAAECVah0Xz6dTbEL4LUP+os56x8cFEoXK0D2pPlbFXBRSfma6mhsTwa+Me1N4IdcWgD\n"
    "DdPkVNWpXb465HEgY6c+IL\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kP256Sha512 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE\n"
    "EELF4Wn6JMsiiFRvwZ7XQlk4i9luJVpyimm7hKfR/3nguK41Wo+7PJyeDrH0DAHCbquUhG\n"
    "L8Crc3jTCZvofy9DZwAAAARmaWxlAAAAAAAAAAZzaGE1MTIAAABlAAAAE2VjZHNhLXNoYT\n"
    "ItbmlzdHAyNTYAAABKAAAAIQCQ9VfY++oEl6Xcqikwt0eAU+v3Zi09a2pyI92ZDs0ofgAA\n"
    "ACEAnQToxOSWp2e/6ZtV4k9azj5CHMRKJtsnYqp2j/AbQMM=\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kRsaSha512 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAARcAAAAHc3NoLXJzYQAAAAMBAAEAAAEBAI/NKSQehEc65Lix6U7pEF\n"
    "wno6NfLxChkVRfRzO+yKeUdt6JEEBEVgyp+SFoPDS4GT6qnSJAxDj/4UwrvTjbge31Y21o\n"
    "Oe8kPh9Fsny0MT3jSZaAeGMxAv5wMBE5Kklkj5Jpw85tUqLaUi84/5zjSgGiiUIUQ+REWA\n"
    "ut/hNbhGzcO4t5F43DFpjTlXzrWVxx4/O73BPyz/a6mgNNPealNjos6CvnpbXAdvRYk0eK\n"
    "goBAdtsEbjrXXtHK4kF9vWR+Xh6yTrvPNj4E+mCuW2h9al5vOVuStTRsa65NvbIFscIJly\n"
    "4h6joPHuRrVu+lWPn3f0jE3+nLiiMzbbWZjjvEu+8AAAAEZmlsZQAAAAAAAAAGc2hhNTEy\n"
    "AAABFAAAAAxyc2Etc2hhMi01MTIAAAEAZz3lilYF4jcnyqEE3PI4Jt3WT67ogIwRr0yyrH\n"
    "0ceHjl70NntXMd7ieq6QXQcqxUIfoHhzqwqQpl2QcFj7SadJoExBPE7yldAsbov8uR3iSb\n"
    "ss7KMktESryojxlEDL/hgyXe+Wh10nOCM4R8sZFDIYdWLyGXHK9W9DwpQg2r+ELHHg6osd\n"
    "wp7yijq9d3OGJzeSUZwKEU0VnLvAxPjKVS9ml7a2a+zbtHBCbz63JRwpca46EnOnFkQEzF\n"
    "3CjvT8DxmG8gMsTK1whVhpUSK5VpNHkdY9hFF1UeQz2kzHQ0LD7aHEnHGm3FBfsLPo2IKz\n"
    "cCtya4le9IXNFQN65/F6zQ7w==\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kSecurityP256Sha512 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAH8AAAAic2stZWNkc2Etc2hhMi1uaXN0cDI1NkBvcGVuc3NoLmNvbQ\n"
    "AAAAhuaXN0cDI1NgAAAEEEb/ie/ZJfVcP/kRx3aTfkxyltneJ3FgDj28Y3G1nDVqLwV0a7\n"
    "de3XzqPqgcX0uB4BdHlgX6pm7TlASyurTnf55AAAAARzc2g6AAAABGZpbGUAAAAAAAAABn\n"
    "NoYTUxMgAAAHcAAAAic2stZWNkc2Etc2hhMi1uaXN0cDI1NkBvcGVuc3NoLmNvbQAAAEgA\n"
    "AAAgIoElrXO4TNpjwrLcCk+figsXll86lKZ8UYqHOa6crK8AAAAgFI+S7I1OzgUqXw2wPO\n"
    "oEV6HOsM6E/9iGxKcqbo8dEMEFAAAE0g==\n"
    "-----END SSH SIGNATURE-----\n";

SshPublicKey ssh_key(std::string_view line) {
  return parse_ssh_public_key(line).value();
}

SshVerdict ssh_verdict(std::string_view armored, std::string_view key,
                       std::string_view message = kSshMessage, std::string_view purpose = "file") {
  return verify_ssh_signature(parse_ssh_signature(armored).value(), message, purpose, ssh_key(key))
      .value();
}

std::string ssh_armor(std::string_view bytes) {
  return "-----BEGIN SSH SIGNATURE-----\n" + to_base64(bytes) + "\n-----END SSH SIGNATURE-----\n";
}

std::string armored_bytes(std::string_view armored) {
  std::string digits;
  for (const char c : armored.substr(29, armored.size() - 29 - 28)) {
    if (c != '\n') {
      digits.push_back(c);
    }
  }
  return from_base64(digits, Base64Alphabet::kStandard).value();
}

/// The parts of a signature by a security key, put together from the text of the protocols.
struct MadeSignature {
  char seed{'k'};
  std::string application = "ssh:";
  std::string purpose = "merlon-approval@v1";
  std::string reserved;
  std::string hash = "sha512";
  std::uint8_t flags{1};
  std::uint32_t counter{7};

  [[nodiscard]] Ed25519PrivateKey secret() const {
    return Ed25519PrivateKey::from_seed(std::string(32, seed)).value();
  }
  [[nodiscard]] std::string key_bytes() const {
    std::string out;
    append_ssh_string(out, "sk-ssh-ed25519@openssh.com");
    append_ssh_string(out, bytes_of(public_key_of(secret()).value()));
    append_ssh_string(out, application);
    return out;
  }
  [[nodiscard]] std::string key_line() const {
    return "sk-ssh-ed25519@openssh.com " + to_base64(key_bytes()) + " test";
  }
  [[nodiscard]] std::string signed_bytes(std::string_view message) const {
    std::string data = "SSHSIG";
    append_ssh_string(data, purpose);
    append_ssh_string(data, reserved);
    append_ssh_string(data, hash);
    append_ssh_string(data, hash == "sha512" ? std::string(bytes_of(sha512(message)))
                                             : std::string(bytes_of(sha256(message))));
    std::string out(bytes_of(sha256(application)));
    out.push_back(static_cast<char>(flags));
    append_ssh_number(out, counter);
    return out.append(bytes_of(sha256(data)));
  }
  /// `shown` says what stands beside the signature; it may lie.
  [[nodiscard]] std::string text(std::string_view message, const MadeSignature& shown) const {
    std::string part;
    append_ssh_string(part, "sk-ssh-ed25519@openssh.com");
    append_ssh_string(part, bytes_of(sign_ed25519(secret(), signed_bytes(message)).value()));
    part.push_back(static_cast<char>(shown.flags));
    append_ssh_number(part, shown.counter);
    std::string out = "SSHSIG";
    append_ssh_number(out, 1);
    append_ssh_string(out, shown.key_bytes());
    append_ssh_string(out, shown.purpose);
    append_ssh_string(out, shown.reserved);
    append_ssh_string(out, shown.hash);
    append_ssh_string(out, part);
    return ssh_armor(out);
  }
  [[nodiscard]] std::string text(std::string_view message) const { return text(message, *this); }
};

SshVerdict made_verdict(const std::string& armored, const MadeSignature& pinned) {
  const auto signature = parse_ssh_signature(armored);
  REQUIRE(signature.has_value());
  return verify_ssh_signature(*signature, kSshMessage, "merlon-approval@v1",
                              ssh_key(pinned.key_line()))
      .value();
}

}  // namespace

TEST_CASE("SHA-512: the digest of `abc` is that of FIPS 180-4") {
  CHECK(to_base64(bytes_of(sha512("abc"))) ==
        "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/"
        "BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==");
}

TEST_CASE("SSH key: each type is read, written back and has the fingerprint of ssh-keygen") {
  struct Case {
    std::string_view line;
    SshKeyType type;
    std::string_view fingerprint;
  };
  for (const Case& each : {
           Case{kEd25519Key, SshKeyType::kEd25519,
                "SHA256:oiSXBhFVG4izLPpw8AfA9hfvfNNwLzmVcCtLfANLwKQ"},
           Case{kP256Key, SshKeyType::kP256, "SHA256:Di50/SSreV6DdSO3oj2X+TdgI+ggFd5lPxc5CbqvDIc"},
           Case{kSecurityP256Key, SshKeyType::kSecurityP256,
                "SHA256:lCMwQaduWv7WlL66wM5ZLt3L+J7kwOM0ujUpck+690o"},
       }) {
    CAPTURE(each.line);
    const auto key = parse_ssh_public_key(each.line);
    REQUIRE(key.has_value());
    CHECK(key->type == each.type);
    CHECK(ssh_fingerprint(*key) == each.fingerprint);
    CHECK(to_string(*key) == each.line.substr(0, each.line.rfind(' ')));
    CHECK(parse_ssh_public_key(to_string(*key)).value() == *key);
  }
}

TEST_CASE("SSH key: what is none is refused with the reason") {
  const std::string ed25519(kEd25519Key.substr(0, kEd25519Key.rfind(' ')));
  const auto message = [](std::string_view line) {
    return parse_ssh_public_key(line).error().message;
  };
  CHECK(message("") == "this is no SSH public key: it has not two words");
  CHECK(message("ssh-ed25519 !") == "this is no SSH public key: its second word is not base64");
  CHECK(message("ecdsa-sha2-nistp256 " + ed25519.substr(12)) ==
        "this is no SSH public key: its first word and its bytes name two algorithms");
  CHECK(message(ed25519 + "\n" + ed25519) ==
        "this is no SSH public key: it has more than one line");
  CHECK(message(kRsaKey) == "the SSH algorithm `ssh-rsa` is not known here");
  CHECK(parse_ssh_public_key(kRsaKey).error().code == ErrorCode::kUnsupported);
  CHECK(parse_ssh_public_key("ssh-ed25519 " + std::string(9000, 'A')).error().code ==
        ErrorCode::kLimit);

  std::string low;
  append_ssh_string(low, "ssh-ed25519");
  append_ssh_string(low, std::string(32, '\0'));
  CHECK(message("ssh-ed25519 " + to_base64(low)) ==
        "this is no SSH public key: the point has a small order, or a second spelling");
  std::string longer = from_base64(ed25519.substr(12), Base64Alphabet::kStandard).value() + "x";
  CHECK(message("ssh-ed25519 " + to_base64(longer)) ==
        "this is no SSH public key: its parts do not fit its length");
}

TEST_CASE("SSH signature: those of ssh-keygen are verified, with either digest") {
  for (const auto& [armored, key] :
       {std::pair{kEd25519Sha512, kEd25519Key}, std::pair{kEd25519Sha256, kEd25519Key},
        std::pair{kP256Sha512, kP256Key}}) {
    CAPTURE(armored);
    const SshVerdict verdict = ssh_verdict(armored, key);
    CHECK(verdict.answer == SshAnswer::kVerified);
    CHECK(verdict.reason.empty());
    CHECK_FALSE(verdict.security_key);
    CHECK_FALSE(verdict.user_present);
  }
}

TEST_CASE("SSH signature: a security key's says that the person was there and recognised") {
  const SshVerdict verdict = ssh_verdict(kSecurityP256Sha512, kSecurityP256Key);
  CHECK(verdict.answer == SshAnswer::kVerified);
  CHECK(verdict.security_key);
  CHECK(verdict.user_present);
  CHECK(verdict.user_verified);
  CHECK(verdict.counter == 1234);

  for (const std::string hash : {"sha256", "sha512"}) {
    const MadeSignature made{.hash = hash, .flags = 1, .counter = 99};
    const SshVerdict touched = made_verdict(made.text(kSshMessage), made);
    CHECK(touched.answer == SshAnswer::kVerified);
    CHECK(touched.user_present);
    CHECK_FALSE(touched.user_verified);
    CHECK(touched.counter == 99);
  }
  const MadeSignature untouched{.flags = 0};
  const SshVerdict absent = made_verdict(untouched.text(kSshMessage), untouched);
  CHECK(absent.answer == SshAnswer::kVerified);
  CHECK(absent.security_key);
  CHECK_FALSE(absent.user_present);
}

TEST_CASE("SSH signature: flags and counter of a security key cannot be changed afterwards") {
  const MadeSignature untouched{.flags = 0};
  MadeSignature lie = untouched;
  lie.flags = 5;
  CHECK(made_verdict(untouched.text(kSshMessage, lie), untouched).answer ==
        SshAnswer::kBadSignature);
  lie = untouched;
  lie.counter += 1;
  CHECK(made_verdict(untouched.text(kSshMessage, lie), untouched).answer ==
        SshAnswer::kBadSignature);
  lie = untouched;
  lie.reserved = "x";
  CHECK(made_verdict(untouched.text(kSshMessage, lie), untouched).answer ==
        SshAnswer::kBadSignature);
  lie = untouched;
  lie.hash = "sha256";
  CHECK(made_verdict(untouched.text(kSshMessage, lie), untouched).answer ==
        SshAnswer::kBadSignature);
}

TEST_CASE("SSH signature: one for another application, purpose or key is none for this") {
  const MadeSignature made;
  MadeSignature other = made;
  other.application = "ssh:other";
  CHECK(made_verdict(other.text(kSshMessage), made).answer == SshAnswer::kOtherKey);
  other = made;
  other.purpose = "git";
  const SshVerdict purpose = made_verdict(other.text(kSshMessage), made);
  CHECK(purpose.answer == SshAnswer::kOtherNamespace);
  CHECK(purpose.reason == "it was signed for `git`, not for `merlon-approval@v1`");
  CHECK(made_verdict(other.text(kSshMessage, made), made).answer == SshAnswer::kBadSignature);
  other = made;
  other.seed = 'o';
  CHECK(made_verdict(other.text(kSshMessage), made).answer == SshAnswer::kOtherKey);
  CHECK(made_verdict(other.text(kSshMessage, made), made).answer == SshAnswer::kBadSignature);
  CHECK(ssh_verdict(kEd25519Sha512, kP256Key).answer == SshAnswer::kOtherKey);
  CHECK(ssh_verdict(kEd25519Sha512, kEd25519Key, "hello, worle\n").answer ==
        SshAnswer::kBadSignature);
  CHECK(ssh_verdict(kP256Sha512, kP256Key, "hello, worle\n").answer == SshAnswer::kBadSignature);
}

TEST_CASE("SSH signature: no byte of it can be changed without a refusal") {
  for (const auto& [armored, line] :
       {std::pair{kEd25519Sha512, kEd25519Key}, std::pair{kP256Sha512, kP256Key},
        std::pair{kSecurityP256Sha512, kSecurityP256Key}}) {
    const SshPublicKey key = ssh_key(line);
    const std::string bytes = armored_bytes(armored);
    REQUIRE(parse_ssh_signature(ssh_armor(bytes)).has_value());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x01);
      const auto signature = parse_ssh_signature(ssh_armor(changed));
      CAPTURE(at);
      CHECK((!signature ||
             verify_ssh_signature(*signature, kSshMessage, "file", key).value().answer !=
                 SshAnswer::kVerified));
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(parse_ssh_signature(ssh_armor(bytes.substr(0, size))).has_value());
    }
    CHECK(parse_ssh_signature(ssh_armor(bytes + '\0')).error().message ==
          "this is no SSH signature: its parts do not fit its length");
  }
}

TEST_CASE("SSH signature: ECDSA numbers have one spelling each") {
  const std::string good = armored_bytes(kP256Sha512);
  // The second number begins `00 00 00 21 00 9D`: without its zero it is negative, with one more it
  // has a second spelling.
  const std::size_t at = good.rfind(std::string("\x00\x00\x00\x21\x00\x9D", 6));
  REQUIRE(at != std::string::npos);
  const auto with_scalar = [&](std::string_view scalar) {
    std::string numbers;
    append_ssh_string(numbers, std::string_view(good).substr(at - 33, 33));
    append_ssh_string(numbers, scalar);
    std::string part;
    append_ssh_string(part, "ecdsa-sha2-nistp256");
    append_ssh_string(part, numbers);
    std::string out = "SSHSIG";
    append_ssh_number(out, 1);
    append_ssh_string(out, ssh_key_bytes(ssh_key(kP256Key)));
    append_ssh_string(out, "file");
    append_ssh_string(out, "");
    append_ssh_string(out, "sha512");
    append_ssh_string(out, part);
    return parse_ssh_signature(ssh_armor(out));
  };
  const std::string scalar = good.substr(at + 4);
  REQUIRE(with_scalar(scalar).has_value());
  CHECK(*with_scalar(scalar) == parse_ssh_signature(kP256Sha512).value());
  const std::string_view words =
      "this is no SSH signature: its ECDSA numbers are not two positive ones of at most 256 bits";
  CHECK(with_scalar(scalar.substr(1)).error().message == words);
  CHECK(with_scalar(std::string(1, '\0') + scalar).error().message == words);
  CHECK(with_scalar("").error().message == words);
  CHECK(with_scalar(std::string(1, '\0')).error().message == words);
  CHECK(with_scalar("\x01" + scalar).error().message == words);
}

TEST_CASE("SSH signature: what is none is refused with the reason") {
  const auto message = [](std::string_view text) {
    return parse_ssh_signature(text).error().message;
  };
  CHECK(message("") ==
        "this is no SSH signature: it does not stand between its BEGIN and END lines");
  CHECK(message("-----BEGIN SSH SIGNATURE----------END SSH SIGNATURE-----") ==
        "this is no SSH signature: its BEGIN line goes on");
  CHECK(message(std::string(kEd25519Sha512) + "more") ==
        "this is no SSH signature: it does not stand between its BEGIN and END lines");
  CHECK(message(ssh_armor("x")) == "this is no SSH signature: it does not begin with `SSHSIG`");
  CHECK(message(ssh_armor(std::string("SSHSIG\0\0\0\2", 10))) ==
        "the version 2 of SSH signatures is not known here");
  CHECK(message(kRsaSha512) == "the SSH algorithm `ssh-rsa` is not known here");
  CHECK(message(MadeSignature{.hash = "sha1"}.text(kSshMessage)) ==
        "the digest `sha1` of an SSH signature is not known here");
  CHECK(message(MadeSignature{.purpose = ""}.text(kSshMessage)) ==
        "this is no SSH signature: its namespace is empty");
  CHECK(parse_ssh_signature(std::string(70'000, 'A')).error().code == ErrorCode::kLimit);
}

}  // namespace merlon
