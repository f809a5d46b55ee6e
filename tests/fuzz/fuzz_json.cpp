// The JSON reader against nlohmann/json: both accept the same texts, and read the same strings in
// the same order.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json/json_reader.h"
#include "fuzz/document_invariants.h"

namespace {

using merlon::test::broken;

/// Collects keys and strings in order, and why a text was refused.
class Collector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::vector<std::string> strings;
  std::size_t values{0};
  std::string refusal;

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool string(string_t& value) override {
    strings.push_back(value);
    return count();
  }
  bool key(string_t& value) override {
    strings.push_back(value);
    return count();
  }
  bool start_object(std::size_t) override { return count(); }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return count(); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    refusal = error.what();
    return false;
  }

 private:
  bool count() {
    ++values;
    return true;
  }
};

// Where the two differ on purpose: lone surrogates are kept (a check reports them) and numbers are
// text, so none is too large.
bool is_known_difference(const std::string& refusal) {
  return refusal.find("surrogate") != std::string::npos ||
         refusal.find("number overflow") != std::string::npos;
}

void compare(const merlon::Document& document, const Collector& other) {
  if (document.size() != other.values) {
    broken("another number of values");
  }
  std::size_t next = 0;
  for (merlon::NodeId id = 0; id < document.size(); ++id) {
    if (document.kind(id) != merlon::NodeKind::kString &&
        document.kind(id) != merlon::NodeKind::kKey) {
      continue;
    }
    if (next >= other.strings.size() || document.text(id) != other.strings[next]) {
      broken("another string");
    }
    ++next;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto source = merlon::SourceText::copy_of("fuzz", text);
  const merlon::Limits limits;
  const auto strict = merlon::parse_json(source, merlon::JsonDialect::kStrict, limits);
  Collector other;
  const bool accepted = nlohmann::json::sax_parse(text, &other);
  if (strict) {
    merlon::test::check_document(*strict);
    if (accepted) {
      compare(*strict, other);
    } else if (!is_known_difference(other.refusal)) {
      broken("accepted here, there " + other.refusal);
    }
  } else {
    merlon::test::check_error(strict.error());
    // nlohmann/json takes NUL for the end of the text.
    const bool nul = text.find('\0') != std::string::npos;
    if (accepted && !nul && strict.error().code != merlon::ErrorCode::kLimit) {
      broken("refused here: " + strict.error().message);
    }
  }
  const auto relaxed = merlon::parse_json(source, merlon::JsonDialect::kRelaxed, limits);
  if (strict && (!relaxed || relaxed->size() != strict->size())) {
    broken("relaxed reads less than strict");
  }
  if (relaxed) {
    merlon::test::check_document(*relaxed);
  }
  const auto lines = merlon::parse_json_lines(source, limits);
  if (lines) {
    merlon::test::check_document(*lines);
  }
  return 0;
}
