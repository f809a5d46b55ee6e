#pragma once
/// A folder of its own that goes with the test.
#include <cstdlib>
#include <filesystem>
#include <string>

namespace merlon::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::canonical(std::filesystem::temp_directory_path()) / "merlon-XXXXXX")
            .string();
    const char* made = ::mkdtemp(pattern.data());
    if (made == nullptr) {
      std::abort();
    }
    path_ = made;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Absolute, without links in it.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace merlon::test
