#include "base/error.h"

#include "base/text.h"

namespace merlon {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage: return "usage";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kNotFound: return "not-found";
    case ErrorCode::kSyntax: return "syntax";
    case ErrorCode::kFormat: return "format";
    case ErrorCode::kLimit: return "limit";
    case ErrorCode::kBadRule: return "bad-rule";
    case ErrorCode::kBadPolicy: return "bad-policy";
    case ErrorCode::kBadConfig: return "bad-config";
    case ErrorCode::kProcess: return "process";
    case ErrorCode::kProtocol: return "protocol";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

namespace {

void append_excerpt(std::string& out, const Excerpt& excerpt) {
  if (excerpt.before.empty() && excerpt.marked.empty() && excerpt.after.empty()) {
    return;
  }
  const std::string before = (excerpt.cut_left ? "…" : "") + escape_for_display(excerpt.before);
  const std::string marked = escape_for_display(excerpt.marked);
  const std::string after = escape_for_display(excerpt.after) + (excerpt.cut_right ? "…" : "");
  out.append("  ").append(before).append(marked).append(after).push_back('\n');
  out.append(2 + count_code_points(before), ' ').push_back('^');
  const std::size_t width = count_code_points(marked);
  if (width > 1) {
    out.append(width - 1, '~');
  }
  out.push_back('\n');
}

}  // namespace

std::string render(const Error& error) {
  std::string out;
  if (!error.where.file.empty()) {
    out.append(escape_for_display(error.where.file)).push_back(':');
    if (error.where.line != 0) {
      out.append(std::to_string(error.where.line)).push_back(':');
      out.append(std::to_string(error.where.column)).push_back(':');
    }
    out.push_back(' ');
  } else {
    out.append("merlon: ");
  }
  out.append("error[").append(to_string(error.code)).append("]: ");
  out.append(escape_for_display(error.message)).push_back('\n');
  append_excerpt(out, error.where.excerpt);
  for (const std::string& hint : error.hints) {
    out.append("merlon: hint: ").append(escape_for_display(hint)).push_back('\n');
  }
  return out;
}

}  // namespace merlon
