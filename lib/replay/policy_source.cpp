#include "replay/policy_source.h"

#include <utility>

#include "base/digest/digest.h"
#include "base/text.h"
#include "policy/policy_loader.h"
#include "policy/recorded_policy.h"

namespace merlon {
namespace {

/// Compiled policies that are kept; recordings of one fleet have few.
constexpr std::size_t kMostKept = 64;

std::string key_of(const RecordedEngine& engine, bool named) {
  std::string key = engine.policy.tenant + '\0' + (engine.pins ? sha256_hex(*engine.pins) : "-");
  if (named) {
    return key;
  }
  // The digest is what a recording claims; what it was made of is what counts.
  std::string texts;
  for (const auto* const files : {&engine.policy.files, &engine.policy.system}) {
    for (const RecordedFile& file : *files) {
      texts += sha256_hex(file.name) + sha256_hex(file.text) + sha256_hex(join(file.aliases, "\n"));
    }
    texts += '/';
  }
  return key + '\0' + engine.policy.digest + '\0' + sha256_hex(texts);
}

}  // namespace

bool PolicySource::has_rules_of(const RecordedEngine& engine) const {
  return rules_->info().digest == engine.rules_digest;
}

std::string PolicySource::fingerprint() const {
  std::string out = rules_->info().digest;
  if (is_named()) {
    const Made made = get({});
    out += made ? (*made)->policy().digest : "-";
  }
  return out;
}

PolicySource::Made PolicySource::get(const RecordedEngine& engine) const {
  const std::string key = key_of(engine, is_named());
  const std::scoped_lock lock(mutex_);
  if (const auto found = made_.find(key); found != made_.end()) {
    return found->second;
  }
  Made policy = make(engine);
  if (policy) {
    if (made_.size() >= kMostKept) {
      made_.clear();
    }
    made_.emplace(key, *policy);
  }
  return policy;
}

PolicySource::Made PolicySource::make(const RecordedEngine& engine) const {
  if (!named_) {
    return compile_recorded(engine, rules_, limits_);
  }
  GuardWorld world;
  world.rules = rules_;
  world.limits = limits_;
  if (engine.pins) {
    auto pins = load_lock(SourceText::copy_of("recorded pins", *engine.pins), limits_);
    if (!pins) {
      return std::unexpected(std::move(pins).error());
    }
    world.pins = std::make_shared<const Lock>(*std::move(pins));
  }
  PolicyOptions options;
  options.tenant = engine.policy.tenant;
  options.system_path = named_->system_path;
  options.limits = limits_;
  auto policy = load_policy(named_->files, named_->path, options);
  if (!policy) {
    return std::unexpected(std::move(policy).error());
  }
  return compile_policy(*std::move(policy), world);
}

}  // namespace merlon
