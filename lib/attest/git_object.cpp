#include "attest/git_object.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kSshBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kAnyBegin = "-----BEGIN ";
constexpr std::string_view kSignatureEnd = "SIGNATURE-----";
constexpr std::string_view kPgpEnd = "PGP MESSAGE-----";

std::unexpected<Error> no_git_object(std::string_view kind, std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no git ", kind, ": ", why);
}

/// One header with its continuation lines, as it stands.
struct GitHeader {
  std::string_view name;
  std::string_view text;  ///< with all line feeds
  std::string value;      ///< continuation lines joined, without the blank before each
};

struct GitParts {
  std::vector<GitHeader> headers;
  std::string_view message;  ///< from the empty line on
};

/// The end of the line that begins at `at`, after its line feed.
std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t feed = text.find('\n', at);
  return feed == std::string_view::npos ? text.size() : feed + 1;
}

Result<GitParts> split_git_object(std::string_view bytes, std::string_view kind) {
  if (bytes.find('\0') != std::string_view::npos) {
    return no_git_object(kind, "it has a NUL");
  }
  GitParts parts;
  std::size_t at = 0;
  while (at < bytes.size() && bytes[at] != '\n') {
    std::size_t end = line_end(bytes, at);
    std::string value(bytes.substr(at, end - at));
    while (end < bytes.size() && bytes[end] == ' ') {
      const std::size_t next = line_end(bytes, end);
      value.append(bytes.substr(end + 1, next - end - 1));
      end = next;
    }
    const std::size_t blank = value.find(' ');
    if (blank == std::string::npos || blank == 0) {
      return no_git_object(kind, "a header has no name or no value");
    }
    const std::string_view name = bytes.substr(at, blank);
    value.erase(0, blank + 1);
    if (value.ends_with('\n')) {
      value.pop_back();
    }
    parts.headers.push_back(
        {.name = name, .text = bytes.substr(at, end - at), .value = std::move(value)});
    at = end;
  }
  parts.message = bytes.substr(at);
  return parts;
}

/// The value of a header that stands exactly once.
Result<std::string> only_header(const GitParts& parts, std::string_view name,
                                std::string_view kind) {
  const auto named = [&](const GitHeader& header) { return header.name == name; };
  if (std::ranges::count_if(parts.headers, named) != 1) {
    return no_git_object(kind, "`" + std::string(name) + "` must stand once");
  }
  return std::ranges::find_if(parts.headers, named)->value;
}

/// The seconds of `Ann <ann@example.com> 1700000000 +0100`.
std::optional<std::int64_t> claimed_time(std::string_view person) {
  const std::size_t close = person.rfind('>');
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = trim(person.substr(close + 1));
  const auto seconds = parse_unsigned(rest.substr(0, rest.find(' ')));
  constexpr std::uint64_t kMostSeconds = 253'402'300'799;  // the last second of the year 9999
  return seconds && *seconds <= kMostSeconds ? std::optional(static_cast<std::int64_t>(*seconds))
                                             : std::nullopt;
}

bool is_git_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// Where the last signature block of a text begins, as git looks for it; its size for none.
std::size_t signature_begin(std::string_view text) {
  std::size_t found = text.size();
  for (std::size_t at = 0; at < text.size(); at = line_end(text, at)) {
    const std::string_view line = trim(text.substr(at, line_end(text, at) - at));
    if (line.starts_with(kAnyBegin) && (line.ends_with(kSignatureEnd) || line.ends_with(kPgpEnd))) {
      found = at;
    }
  }
  return found;
}

}  // namespace

Result<SignedGitObject> parse_git_commit(std::string_view bytes) {
  constexpr std::string_view kKind = "commit";
  MERLON_TRY(const GitParts parts, split_git_object(bytes, kKind));
  SignedGitObject out{.kind = "tree"};
  MERLON_TRY(out.target, only_header(parts, "tree", kKind));
  MERLON_TRY(const std::string committer, only_header(parts, "committer", kKind));
  const auto time = claimed_time(committer);
  if (!is_git_id(out.target) || !time) {
    return no_git_object(kKind, "its tree or its time cannot be read");
  }
  out.time = *time;
  for (const GitHeader& header : parts.headers) {
    if (header.name == "gpgsig-sha256") {
      return fail(ErrorCode::kUnsupported,
                  "a commit that is signed over both kinds of digests is not known here");
    }
    if (header.name != "gpgsig") {
      out.payload.append(header.text);
      continue;
    }
    if (!out.signature.empty()) {
      return no_git_object(kKind, "it is signed twice");
    }
    out.signature = header.value + "\n";
  }
  out.payload.append(parts.message);
  return out;
}

Result<SignedGitObject> parse_git_tag(std::string_view bytes) {
  constexpr std::string_view kKind = "tag";
  MERLON_TRY(const GitParts parts, split_git_object(bytes, kKind));
  SignedGitObject out;
  MERLON_TRY(out.target, only_header(parts, "object", kKind));
  MERLON_TRY(out.kind, only_header(parts, "type", kKind));
  MERLON_TRY(out.name, only_header(parts, "tag", kKind));
  MERLON_TRY(const std::string tagger, only_header(parts, "tagger", kKind));
  const auto time = claimed_time(tagger);
  if (!is_git_id(out.target) || !time) {
    return no_git_object(kKind, "its target or its time cannot be read");
  }
  out.time = *time;
  const std::size_t begin = bytes.size() - parts.message.size() + signature_begin(parts.message);
  out.payload = std::string(bytes.substr(0, begin));
  out.signature = std::string(bytes.substr(begin));
  return out;
}

}  // namespace merlon
