#pragma once
/// Writes JSON text, streaming. Output is valid UTF-8 JSON whatever the strings hold (bad bytes
/// become U+FFFD).
///
///   JsonWriter w(JsonStyle::kPretty);
///   w.begin_object(); w.key("name").string("x"); w.end_object();
///   std::string text = std::move(w).take();
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

enum class JsonStyle { kCompact, kPretty };

/// Appends `text` with quotes and escapes; control characters, U+2028/9 and bidi or zero-width
/// characters as \u escapes.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(JsonStyle style = JsonStyle::kCompact) : style_(style) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(
      double value);  ///< shortest form that reads back the same; null when not finite
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  /// key + value in one.
  JsonWriter& field(std::string_view name, std::string_view value) {
    return key(name).string(value);
  }
  JsonWriter& field(std::string_view name, const char* value) { return key(name).string(value); }
  JsonWriter& field(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& field(std::string_view name, std::uint64_t value) { return key(name).number(value); }
  JsonWriter& field(std::string_view name, std::uint32_t value) {
    return key(name).number(std::uint64_t{value});
  }
  JsonWriter& field(std::string_view name, int value) {
    return key(name).number(std::int64_t{value});
  }

  [[nodiscard]] std::string take() && { return std::move(out_); }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void before_value();
  void newline();

  std::string out_;
  std::vector<bool> has_items_;
  JsonStyle style_;
  bool after_key_{false};
};

}  // namespace merlon
