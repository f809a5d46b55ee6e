#pragma once
/// The way from lib/base/x509 to its plug-in: loads it and collects what a sink is told. Only the
/// sources of this folder include it.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/x509/x509_interface.h"

namespace merlon {

/// `kUnsupported` when the plug-in is missing or of another version.
[[nodiscard]] Result<const MerlonX509Functions*> load_x509_functions();

[[nodiscard]] MerlonBytes x509_bytes(std::string_view bytes);

/// A chain as the plug-in takes it. Views what it was made of.
class X509ChainView {
 public:
  explicit X509ChainView(const std::vector<std::string>& certificates);
  [[nodiscard]] MerlonX509Chain get() const {
    return {.certificates = bytes_.data(), .size = bytes_.size()};
  }

 private:
  std::vector<MerlonBytes> bytes_;
};

/// All fields that one call put, in order.
class X509Fields {
 public:
  [[nodiscard]] MerlonX509Sink sink();
  [[nodiscard]] const std::vector<std::pair<int, std::string>>& all() const { return fields_; }
  /// The first of this kind; empty for none.
  [[nodiscard]] std::string text(int field) const;
  [[nodiscard]] std::vector<std::string> texts(int field) const;
  [[nodiscard]] bool has(int field) const;
  /// `otherwise` for none.
  [[nodiscard]] std::int64_t number(int field, std::int64_t otherwise) const;

 private:
  std::vector<std::pair<int, std::string>> fields_;
};

/// The plug-in's yes or no; `kInternal` where it could not tell.
[[nodiscard]] Result<bool> x509_answer(int answer);

}  // namespace merlon
