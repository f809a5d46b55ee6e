#include "policy/policy_loader.h"

#include <utility>

#include "base/digest/digest.h"
#include "base/toml/toml_reader.h"
#include "policy/policy_reader.h"

namespace merlon {

Checked<Policy> parse_policy(std::shared_ptr<const SourceText> source, const Limits& limits) {
  auto document = parse_toml(source, limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{std::move(document).error()});
  }
  auto policy = PolicyReader(std::make_shared<const Document>(*std::move(document))).read();
  if (policy) {
    policy->files.push_back(source->name());
    policy->digest = sha256_hex(source->bytes());
  }
  return policy;
}

}  // namespace merlon
