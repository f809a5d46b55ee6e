#include "scan/inputs.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace merlon {

void add_source(ScanInputs& inputs, std::shared_ptr<const SourceText> source) {
  ScanInput input;
  input.name = source->name();
  input.read = [source = std::move(source)](
                   std::uint64_t max_bytes) -> Result<std::shared_ptr<const SourceText>> {
    if (source->bytes().size() > max_bytes) {
      return fail(ErrorCode::kLimit, "`", source->name(), "` has more than ",
                  std::to_string(max_bytes), " bytes");
    }
    return source;
  };
  inputs.files.push_back(std::move(input));
}

void normalise_inputs(ScanInputs& inputs) {
  std::vector<ScanInput>& files = inputs.files;
  const auto identity = [](const ScanInput& input) -> const std::string& {
    return input.identity.empty() ? input.name : input.identity;
  };
  // Of several names for one file the first one stays; `named` stays if any of them was given by
  // name.
  std::sort(files.begin(), files.end(), [](const ScanInput& a, const ScanInput& b) {
    return a.name != b.name ? a.name < b.name : a.named > b.named;
  });
  std::unordered_map<std::string, std::size_t> seen;
  std::vector<ScanInput> kept;
  for (ScanInput& input : files) {
    const auto [at, fresh] = seen.emplace(identity(input), kept.size());
    if (fresh) {
      kept.push_back(std::move(input));
    } else if (input.named) {
      kept[at->second].named = true;
    }
  }
  files = std::move(kept);

  const auto key = [](const CoverageEntry& entry) { return std::tie(entry.file, entry.reason); };
  std::sort(inputs.left_out.begin(), inputs.left_out.end(),
            [&](const CoverageEntry& a, const CoverageEntry& b) { return key(a) < key(b); });
  const auto same = [&](const CoverageEntry& a, const CoverageEntry& b) {
    return key(a) == key(b);
  };
  inputs.left_out.erase(std::unique(inputs.left_out.begin(), inputs.left_out.end(), same),
                        inputs.left_out.end());
}

std::shared_ptr<const SourceText> renamed(const std::shared_ptr<const SourceText>& source,
                                          std::string name) {
  if (source->name() == name) {
    return source;
  }
  return std::make_shared<const SourceText>(std::move(name), source->bytes(), source);
}

}  // namespace merlon
