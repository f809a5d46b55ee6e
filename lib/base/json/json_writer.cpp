#include "base/json/json_writer.h"

#include <charconv>
#include <cmath>

#include "base/json/plain_text.h"
#include "base/text.h"

namespace merlon {
namespace {

void append_u_escape(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) {
    out.push_back(kDigits[(unit >> static_cast<unsigned>(shift)) & 0xFU]);
  }
}

void append_code_point(std::string& out, char32_t code_point, std::string_view source) {
  switch (code_point) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    default: break;
  }
  if (!needs_escape(code_point)) {
    out.append(source);
  } else if (code_point > 0xFFFF) {
    const std::uint32_t rest = code_point - 0x10000U;
    append_u_escape(out, 0xD800U + (rest >> 10U));
    append_u_escape(out, 0xDC00U + (rest & 0x3FFU));
  } else {
    append_u_escape(out, code_point);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    // Nearly all of every text, in one go.
    at = end_of_plain_text(text, at);
    if (at > begin) {
      out.append(text.substr(begin, at - begin));
      continue;
    }
    const char32_t code_point = next_code_point(text, at);
    const std::string_view source = text.substr(begin, at - begin);
    // One byte that decodes to U+FFFD is a bad byte; the replacement character itself takes three.
    append_code_point(out, code_point,
                      code_point == 0xFFFD && source.size() == 1 ? "\xEF\xBF\xBD" : source);
  }
  out.push_back('"');
}

void JsonWriter::newline() {
  if (style_ == JsonStyle::kCompact) {
    return;
  }
  out_.push_back('\n');
  out_.append(has_items_.size() * 2, ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_items_.empty()) {
    return;
  }
  if (has_items_.back()) {
    out_.push_back(',');
  }
  has_items_.back() = true;
  newline();
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_.push_back('{');
  has_items_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  const bool had = has_items_.back();
  has_items_.pop_back();
  if (had) {
    newline();
  }
  out_.push_back('}');
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  out_.push_back('[');
  has_items_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  const bool had = has_items_.back();
  has_items_.pop_back();
  if (had) {
    newline();
  }
  out_.push_back(']');
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  append_json_string(out_, name);
  out_.append(style_ == JsonStyle::kCompact ? ":" : ": ");
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
  before_value();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  return raw(std::to_string(value));
}
JsonWriter& JsonWriter::number(std::int64_t value) {
  return raw(std::to_string(value));
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) {
    return null();
  }
  char buffer[32];
  const auto [end, error] = std::to_chars(&buffer[0], &buffer[sizeof buffer], value);
  return raw(error == std::errc{}
                 ? std::string_view(&buffer[0], static_cast<std::size_t>(end - &buffer[0]))
                 : "null");
}

JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_.append(json);
  return *this;
}

}  // namespace merlon
