#include "attest/allowed_signers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostSignerLines = 10'000;
constexpr std::string_view kBlank = " \t";

/// The first word, in which blanks between quotes do not count, and the rest.
std::optional<std::pair<std::string_view, std::string_view>> first_word(std::string_view text) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && kBlank.find(text[at]) != std::string_view::npos) {
      break;
    }
  }
  if (quoted || at == 0) {
    return std::nullopt;
  }
  return std::pair(text.substr(0, at), trim(text.substr(at)));
}

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"'
             ? text.substr(1, text.size() - 2)
             : text;
}

/// `a="x,y",b` at the commas that stand outside quotes.
std::vector<std::string_view> split_options(std::string_view text) {
  std::vector<std::string_view> out;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
    } else if (text[at] == ',' && !quoted) {
      out.push_back(text.substr(from, at - from));
      from = at + 1;
    }
  }
  out.push_back(text.substr(from));
  return out;
}

std::optional<unsigned> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) {
    return std::nullopt;
  }
  const auto value = parse_unsigned(text.substr(at, count));
  return value ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with `Z` or without.
std::optional<std::int64_t> signer_time(std::string_view text) {
  if (text.ends_with('Z')) {
    text.remove_suffix(1);
  }
  const bool shape = text.size() == 8 || text.size() == 12 || text.size() == 14;
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 4, 2);
  const auto day = digits_at(text, 6, 2);
  if (!shape || !year || !month || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  const auto hour = text.size() > 8 ? digits_at(text, 8, 2) : 0U;
  const auto minute = text.size() > 8 ? digits_at(text, 10, 2) : 0U;
  const auto second = text.size() > 12 ? digits_at(text, 12, 2) : 0U;
  if (!date.ok() || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const auto time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                    std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::unexpected<Error> bad_signer(std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no line of allowed signers: ", why);
}

/// False for a line that is about a certificate authority.
Result<bool> read_signer_options(std::string_view text, AllowedSigner& out) {
  for (const std::string_view option : split_options(text)) {
    const std::size_t equals = option.find('=');
    const std::string name = to_lower_ascii(option.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? "" : unquoted(option.substr(equals + 1));
    if (name == "cert-authority") {
      return false;
    }
    if (name == "namespaces") {
      for (const std::string_view word : split(value, ',')) {
        out.namespaces.emplace_back(trim(word));
      }
      continue;
    }
    if (name != "valid-after" && name != "valid-before") {
      return bad_signer("an option is not known");
    }
    const auto time = signer_time(value);
    if (!time) {
      return bad_signer("a time must be YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS");
    }
    (name == "valid-after" ? out.valid_after : out.valid_before) = time;
  }
  return true;
}

/// Nothing for a line that trusts nobody here.
Result<std::optional<AllowedSigner>> read_signer(std::string_view line) {
  const auto principals = first_word(line);
  const auto second = principals ? first_word(principals->second) : std::nullopt;
  if (!principals || !second) {
    return bad_signer("it needs a principal and a key");
  }
  AllowedSigner out{.principals = std::string(unquoted(principals->first))};
  std::string_view key = principals->second;
  // A key's type has no `=` and no `-----`; options do, or are the one word without a value.
  const bool options = second->first.find('=') != std::string_view::npos ||
                       equals_ignoring_case(second->first, "cert-authority");
  if (options) {
    MERLON_TRY(const bool plain, read_signer_options(second->first, out));
    if (!plain) {
      return std::optional<AllowedSigner>();
    }
    key = second->second;
  }
  auto parsed = parse_ssh_public_key(key);
  if (!parsed && parsed.error().code == ErrorCode::kUnsupported) {
    return std::optional<AllowedSigner>();
  }
  if (!parsed) {
    return std::unexpected(std::move(parsed).error());
  }
  out.key = *std::move(parsed);
  return std::optional(std::move(out));
}

}  // namespace

SignerLookup AllowedSigners::find(const SshPublicKey& key, std::string_view name_space,
                                  std::int64_t time) const {
  SignerLookup out{.signer = nullptr, .reason = "nobody is allowed to sign with it"};
  for (const AllowedSigner& signer : signers_) {
    if (signer.key != key) {
      continue;
    }
    const bool purpose =
        signer.namespaces.empty() || std::ranges::any_of(signer.namespaces, [&](const auto& glob) {
          return glob_match(glob, name_space);
        });
    if (!purpose) {
      out.reason = "`" + signer.principals + "` may not sign for this purpose with it";
    } else if (signer.valid_after && time < *signer.valid_after) {
      out.reason = "the key of `" + signer.principals + "` was not valid yet";
    } else if (signer.valid_before && time > *signer.valid_before) {
      out.reason = "the key of `" + signer.principals + "` was no longer valid";
    } else {
      return {.signer = &signer, .reason = {}};
    }
  }
  return out;
}

Result<AllowedSigners> parse_allowed_signers(std::string_view text, std::string_view file) {
  AllowedSigners out;
  std::uint32_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (++number > kMostSignerLines) {
      return fail(ErrorCode::kLimit, "`", file, "` has more than ",
                  std::to_string(kMostSignerLines), " lines");
    }
    const std::string_view words = trim(line);
    if (words.empty() || words.starts_with('#')) {
      continue;
    }
    auto signer = read_signer(words);
    if (!signer) {
      Error error = std::move(signer).error();
      error.where.file = std::string(file);
      error.where.line = number;
      error.where.column = 1;
      return std::unexpected(std::move(error));
    }
    if (std::optional<AllowedSigner> one = *std::move(signer)) {
      out.signers_.push_back(*std::move(one));
    }
  }
  return out;
}

}  // namespace merlon
