#include "base/regex/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <cstring>

#include <pcre2.h>

namespace merlon {
namespace {

constexpr std::uint32_t kCompileOptions =
    PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C;
constexpr std::size_t kMaxPatternBytes = std::size_t{64} * 1024;
constexpr std::size_t kWindow = 256;  // start positions
constexpr std::uint32_t kCheapSteps =
    256;  // of one start position, before its window is looked at alone
constexpr std::uint32_t kUsesBeforeJit =
    60;  // machine code costs 13 us, an interpreted use 1 to 3 us
constexpr std::size_t kJitStackBytes = std::size_t{512} * 1024;
constexpr std::size_t kJitStackStart = std::size_t{32} * 1024;

pcre2_code* as_code(void* code) {
  return static_cast<pcre2_code*>(code);
}

pcre2_code* compile_pattern(std::string_view pattern, int& error, std::size_t& offset) {
  if (pattern.size() > kMaxPatternBytes) {
    error = PCRE2_ERROR_PATTERN_STRING_TOO_LONG;
    offset = kMaxPatternBytes;
    return nullptr;
  }
  return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                       kCompileOptions, &error, &offset, nullptr);
}

bool is_limit(int rc) {
  // Anything but a match or its absence means that nothing is known; most are limits, the rest must
  // not be silence.
  return rc < 0 && rc != PCRE2_ERROR_NOMATCH;
}

bool is_utf8_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::int16_t ascii_lower(std::uint32_t unit) {
  if (unit >= 0x80) {
    return -1;
  }
  return static_cast<std::int16_t>(unit >= 'A' && unit <= 'Z' ? unit - 'A' + 'a' : unit);
}

}  // namespace

std::optional<RegexProblem> find_regex_problem(std::string_view pattern) {
  int error = 0;
  std::size_t offset = 0;
  pcre2_code* code = compile_pattern(pattern, error, offset);
  if (code != nullptr) {
    pcre2_code_free(code);
    return std::nullopt;
  }
  std::array<PCRE2_UCHAR, 256> message{};
  const int length = pcre2_get_error_message(error, message.data(), message.size());
  return RegexProblem{.offset = std::min(offset, pattern.size()),
                      .message = length > 0
                                     ? std::string(reinterpret_cast<const char*>(message.data()))
                                     : "cannot be compiled"};
}

RegexFacts regex_facts(std::string_view pattern) {
  RegexFacts facts;
  int error = 0;
  std::size_t offset = 0;
  pcre2_code* code = compile_pattern(pattern, error, offset);
  if (code == nullptr) {
    return facts;
  }
  std::uint32_t type = 0;
  std::uint32_t unit = 0;
  pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &facts.min_length);
  pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODETYPE, &type);
  if (type == 1 && pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODEUNIT, &unit) == 0) {
    facts.first_byte = ascii_lower(unit);
  }
  pcre2_pattern_info(code, PCRE2_INFO_LASTCODETYPE, &type);
  if (type == 1 && pcre2_pattern_info(code, PCRE2_INFO_LASTCODEUNIT, &unit) == 0) {
    facts.last_byte = ascii_lower(unit);
  }
  const std::uint8_t* bits = nullptr;
  if (pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, static_cast<void*>(&bits)) == 0 &&
      bits != nullptr) {
    facts.has_first_set = true;
    std::memcpy(facts.first_set.data(), bits, sizeof(facts.first_set));
  }
  pcre2_code_free(code);
  return facts;
}

std::string precompile_regex(std::string_view pattern) {
  int error = 0;
  std::size_t offset = 0;
  pcre2_code* code = compile_pattern(pattern, error, offset);
  if (code == nullptr) {
    return {};
  }
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  const pcre2_code* codes = code;
  std::string out;
  if (pcre2_serialize_encode(&codes, 1, &bytes, &size, nullptr) == 1) {
    out.assign(reinterpret_cast<const char*>(bytes), size);
  }
  pcre2_serialize_free(bytes);
  pcre2_code_free(code);
  return out;
}

struct RegexScratch::Impl {
  pcre2_match_data* data{nullptr};
  pcre2_match_context* context{nullptr};
  pcre2_jit_stack* jit_stack{nullptr};
  std::uint32_t match_limit{0};
  std::uint32_t windows{0};
  std::uint32_t dear_windows_left{0};
};

RegexScratch::RegexScratch(const Limits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->data = pcre2_match_data_create(1, nullptr);
  impl_->context = pcre2_match_context_create(nullptr);
  pcre2_set_heap_limit(impl_->context, limits.regex_heap_kib);
  impl_->match_limit = std::max(limits.regex_match_limit, 1U);
  impl_->windows = std::max(limits.regex_windows, 1U);
  start();
}

void RegexScratch::start() {
  impl_->dear_windows_left = std::max(impl_->windows / 256, 1U);
}

RegexScratch::~RegexScratch() {
  pcre2_match_data_free(impl_->data);
  pcre2_match_context_free(impl_->context);
  pcre2_jit_stack_free(impl_->jit_stack);
}

Regex::~Regex() {
  pcre2_code_free(as_code(code_));
  pcre2_code_free(as_code(jit_code_.load(std::memory_order_relaxed)));
}

void* Regex::interpreted() const {
  std::call_once(compile_once_, [this] {
    pcre2_code* code = nullptr;
    if (!precompiled_.empty() &&
        pcre2_serialize_decode(&code, 1, reinterpret_cast<const std::uint8_t*>(precompiled_.data()),
                               nullptr) == 1) {
      code_ = code;
      return;
    }
    int error = 0;
    std::size_t offset = 0;
    code_ = compile_pattern(pattern_, error, offset);
  });
  return code_;
}

// A second object, since the first may be in use by other threads while machine code would be added
// to it. Null where the system forbids making code (W^X): then the interpreter answers alone.
void* Regex::jitted() const {
  std::call_once(jit_once_, [this] {
    int error = 0;
    std::size_t offset = 0;
    pcre2_code* code = compile_pattern(pattern_, error, offset);
    if (code == nullptr) {
      return;
    }
    if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0) {
      pcre2_code_free(code);
      return;
    }
    jit_code_.store(code, std::memory_order_release);
  });
  return jit_code_.load(std::memory_order_acquire);
}

/// One search. The answer of a window is that of whichever engine finishes within the step limit;
/// where both do they agree. So it does not matter which one is asked first, and the number of
/// earlier uses does not show.
struct Regex::Run {
  const Regex& regex;
  std::string_view text;
  RegexScratch::Impl& scratch;
  RegexPlace& place;
  bool jit_first;
  std::size_t end;  ///< no match begins behind it

  int ask(bool jit, std::size_t from, std::size_t last_start, std::uint32_t steps) {
    void* code = jit ? regex.jitted() : regex.interpreted();
    if (code == nullptr) {
      return PCRE2_ERROR_MATCHLIMIT;
    }
    if (jit && scratch.jit_stack == nullptr) {
      scratch.jit_stack = pcre2_jit_stack_create(kJitStackStart, kJitStackBytes, nullptr);
      pcre2_jit_stack_assign(scratch.context, nullptr, scratch.jit_stack);
    }
    pcre2_set_match_limit(scratch.context, steps);
    pcre2_set_offset_limit(scratch.context, last_start);
    const int rc =
        pcre2_match(as_code(code), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                    PCRE2_NO_UTF_CHECK, scratch.data, scratch.context);
    if (rc >= 0) {
      const std::size_t* places = pcre2_get_ovector_pointer(scratch.data);
      place = {.begin = std::min(places[0], places[1]), .end = std::max(places[0], places[1])};
    }
    return rc;
  }

  int ask_either(std::size_t from, std::size_t last_start, std::uint32_t steps) {
    const int rc = ask(jit_first, from, last_start, steps);
    return is_limit(rc) ? ask(!jit_first, from, last_start, steps) : rc;
  }

  RegexOutcome by_windows(std::size_t from) {
    const std::uint32_t cheap = std::min(kCheapSteps, scratch.match_limit);
    for (std::uint32_t window = 0; window < scratch.windows; ++window) {
      const std::size_t last_start = std::min(from + kWindow - 1, end);
      int rc = ask_either(from, last_start, cheap);
      if (is_limit(rc)) {
        if (scratch.dear_windows_left == 0) {
          return RegexOutcome::kBudget;
        }
        --scratch.dear_windows_left;
        rc = ask_either(from, last_start, scratch.match_limit);
        if (is_limit(rc)) {
          return RegexOutcome::kBudget;
        }
      }
      if (rc >= 0) {
        return RegexOutcome::kMatch;
      }
      from = last_start + 1;
      if (from > end) {
        return RegexOutcome::kNoMatch;
      }
      while (from < text.size() && is_utf8_continuation(text[from])) {
        ++from;
      }
    }
    return RegexOutcome::kBudget;
  }
};

RegexOutcome Regex::find(std::string_view text, std::size_t from, std::size_t last_start,
                         RegexScratch& scratch, RegexPlace& place) const {
  const std::size_t end = std::min(last_start, text.size());
  if (from > end) {
    return RegexOutcome::kNoMatch;
  }
  if (interpreted() == nullptr) {
    return RegexOutcome::kBudget;
  }
  bool jit_first = uses_.load(std::memory_order_relaxed) >= kUsesBeforeJit;
  if (!jit_first) {
    uses_.fetch_add(1, std::memory_order_relaxed);
  }
  jit_first = jit_first && jitted() != nullptr;
  Run run{.regex = *this,
          .text = text,
          .scratch = *scratch.impl_,
          .place = place,
          .jit_first = jit_first,
          .end = end};
  // Nearly every search ends here; where it does the windows would give the same answer.
  if (end - from <= std::size_t{scratch.impl_->windows} * kWindow) {
    const std::size_t limit = end == text.size() ? PCRE2_UNSET : end;
    const int rc =
        run.ask(jit_first, from, limit, std::min(kCheapSteps, scratch.impl_->match_limit));
    if (!is_limit(rc)) {
      return rc >= 0 ? RegexOutcome::kMatch : RegexOutcome::kNoMatch;
    }
  }
  return run.by_windows(from);
}

}  // namespace merlon
