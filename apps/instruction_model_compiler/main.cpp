// Compiles rules/data/instruction-model.tsv and instruction-lexicon.txt into a C++ file of constant
// tables. Runs at build time only. The output depends on the two inputs and nothing else.
//
//   merlon_instruction_model_compiler MODEL LEXICON OUTPUT
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "rules/instruction/feature_hash.h"
#include "rules/instruction/instruction_model.h"
#include "rules/instruction/stem.h"
#include "rules/instruction/word_class.h"

namespace merlon {
namespace {

std::u32string decode(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    out.push_back(next_code_point(text, at));
  }
  return out;
}

int number(std::string_view text, std::string_view what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error("`" + std::string(what) + "` needs a number");
  }
  return value;
}

std::string read(const char* path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error(std::string("cannot read ") + path);
  }
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

struct Weights {
  int tool{0};
  int text{0};
};

/// The model file: `#key\tvalue` lines, then `[section]` lines each followed by `feature\tweight`.
struct ModelFile {
  std::map<std::string, std::string, std::less<>> header;
  std::map<std::string, Weights, std::less<>> features;
  std::map<std::string, int, std::less<>> vocabulary;

  [[nodiscard]] int header_number(const std::string& key) const {
    const auto found = header.find(key);
    if (found == header.end()) {
      throw std::runtime_error("the model has no `" + key + "`");
    }
    return number(found->second, key);
  }
};

ModelFile read_model(const char* path) {
  ModelFile out;
  const std::string text = read(path);
  std::string section;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) {
      continue;
    }
    const std::size_t tab = line.rfind('\t');
    const std::string key(line.substr(0, tab));
    if (line.front() == '[') {
      section = line.substr(1, line.size() - 2);
    } else if (tab == std::string_view::npos) {
      throw std::runtime_error("a line without a tab: " + key);
    } else if (section.empty()) {
      out.header[key.substr(1)] = line.substr(tab + 1);
    } else {
      const int value = number(line.substr(tab + 1), key);
      if (section == "vocab") {
        out.vocabulary[key] = value;
      } else if (section == "tool") {
        out.features[key].tool = value;
      } else {
        out.features[key].text = value;
      }
    }
  }
  if (out.header_number("merlon-linear") != 1) {
    throw std::runtime_error("unknown model format");
  }
  return out;
}

/// The lexicon file: `[section]` lines followed by lines of words; `#` begins a comment.
std::map<std::string, std::vector<std::string>> read_lexicon(const char* path) {
  std::map<std::string, std::vector<std::string>> out;
  const std::string text = read(path);
  std::vector<std::string>* section = nullptr;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (line.front() == '[') {
      section = &out[std::string(line.substr(1, line.size() - 2))];
      continue;
    }
    if (section == nullptr) {
      throw std::runtime_error("words before the first section");
    }
    for (const std::string_view word : split(line, ' ')) {
      if (!word.empty()) {
        section->emplace_back(word);
      }
    }
  }
  return out;
}

template <class Slot>
class Table {
 public:
  explicit Table(std::size_t entries)
      : slots_(std::bit_ceil(std::max<std::size_t>(entries * 2, 8))) {}

  Slot& at(std::uint64_t hash) {
    std::size_t place = hash & (slots_.size() - 1);
    while (slots_[place].check != 0 && slots_[place].check != hash_check(hash)) {
      place = (place + 1) & (slots_.size() - 1);
    }
    slots_[place].check = hash_check(hash);
    return slots_[place];
  }
  [[nodiscard]] const std::vector<Slot>& slots() const { return slots_; }

 private:
  std::vector<Slot> slots_;
};

std::int16_t narrow(int weight) {
  if (weight < INT16_MIN || weight > INT16_MAX) {
    throw std::runtime_error("a weight is too large");
  }
  return static_cast<std::int16_t>(weight);
}

std::uint64_t key_hash(const std::string& key) {
  constexpr std::array<std::pair<std::string_view, WordFeature>, 3> kKinds{
      {{"b:", WordFeature::kPair}, {"f:", WordFeature::kFirst}, {"g:", WordFeature::kFirstPair}}};
  for (const auto& [prefix, kind] : kKinds) {
    if (!key.starts_with(prefix)) {
      continue;
    }
    const std::string_view rest = std::string_view(key).substr(2);
    const std::size_t blank = rest.find(' ');
    const std::string_view second = blank == std::string_view::npos ? "" : rest.substr(blank + 1);
    return hash_feature(kind, hash_word(decode(rest.substr(0, blank))),
                        second.empty() ? 0 : hash_word(decode(second)));
  }
  return hash_word(decode(key));
}

using Lexicon = std::map<std::string, std::vector<std::string>>;

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 24> kWordSections{{
    {"verb", kWordVerb},
    {"wh", kWordWh},
    {"polite", kWordPolite},
    {"lead", kWordLead},
    {"join", kWordJoin},
    {"runon", kWordRunOn},
    {"stop", kWordStop},
    {"second", kWordSecond},
    {"reply", kWordReply},
    {"user", kWordUser},
    {"spam", kWordSpam},
    {"negation", kWordNegation},
    {"modal", kWordModal},
    {"must", kWordMust},
    {"ensure", kWordEnsure},
    {"determiner", kWordDeterminer},
    {"particle", kWordParticle},
    {"noverb", kWordNoVerb},
    {"function-words.de", kWordFirstLanguage},
    {"function-words.es", kWordFirstLanguage << 1U},
    {"function-words.fr", kWordFirstLanguage << 2U},
    {"function-words.ru", kWordFirstLanguage << 3U},
    {"function-words.it", kWordFirstLanguage << 4U},
    {"function-words.pt", kWordFirstLanguage << 5U},
}};
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 4> kStemSections{
    {{"harm", kStemHarm}, {"exfil", kStemExfil}, {"sens", kStemSens}, {"org", kStemOrg}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kMeanings{
    {{"harm", "kHarm"},
     {"sens", "kSens"},
     {"exfil", "kExfil"},
     {"reply", "kReply"},
     {"second", "kSecond"},
     {"user", "kUser"},
     {"imp", "kImp"}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kLanguages{
    {{"de", "kGerman"}, {"es", "kSpanish"}, {"fr", "kFrench"}, {"ru", "kRussian"}}};

Table<WordSlot> word_table(const Lexicon& lexicon) {
  std::map<std::string, std::uint32_t> flags;
  for (const auto& [section, flag] : kWordSections) {
    for (const std::string& word : lexicon.at(std::string(section))) {
      flags[word] |= flag;
    }
  }
  Table<WordSlot> out(flags.size());
  for (const auto& [word, flag] : flags) {
    out.at(hash_word(decode(word))).flags = flag;
  }
  return out;
}

Table<StemSlot> stem_table(const ModelFile& model, const Lexicon& lexicon) {
  std::map<std::u32string, StemSlot> stems;
  for (const auto& [key, weights] : model.features) {
    if (key.starts_with("w:")) {
      StemSlot& slot = stems[decode(key.substr(2))];
      slot.tool = narrow(weights.tool);
      slot.text = narrow(weights.text);
    }
  }
  for (const auto& [stem, bucket] : model.vocabulary) {
    stems[decode(stem)].flags = static_cast<std::uint8_t>(bucket & kStemBucket);
  }
  for (const auto& [section, flag] : kStemSections) {
    for (const std::string& word : lexicon.at(std::string(section))) {
      StemSlot& slot = stems[std::u32string(Stem(decode(word)).view())];
      slot.flags = static_cast<std::uint8_t>(slot.flags | flag);
    }
  }
  Table<StemSlot> out(stems.size());
  for (const auto& [stem, slot] : stems) {
    StemSlot& placed = out.at(hash_word(stem));
    const std::uint32_t check = placed.check;
    placed = slot;
    placed.check = check;
  }
  return out;
}

Table<FeatureSlot> feature_table(const ModelFile& model) {
  Table<FeatureSlot> out(model.features.size());
  for (const auto& [key, weights] : model.features) {
    if (!key.starts_with("w:")) {
      FeatureSlot& slot = out.at(key_hash(key));
      if (slot.tool != 0 || slot.text != 0) {
        throw std::runtime_error("two features share a hash: " + key);
      }
      slot.tool = narrow(weights.tool);
      slot.text = narrow(weights.text);
    }
  }
  return out;
}

std::string literal(std::string_view word) {
  std::ostringstream out;
  out << "U\"";
  for (const char32_t c : decode(word)) {
    if (c < 0x80) {
      out << static_cast<char>(c);
    } else {
      out << "\\U" << std::hex;
      out.width(8);
      out.fill('0');
      out << static_cast<std::uint32_t>(c);
    }
  }
  out << '"';
  return out.str();
}

void write_foreign(const Lexicon& lexicon, std::ostream& out) {
  out << "constexpr ForeignWord kForeignWords[] = {\n";
  for (const auto& [language, language_name] : kLanguages) {
    for (const auto& [meaning, meaning_name] : kMeanings) {
      for (std::string_view word :
           lexicon.at("begins." + std::string(language) + "." + std::string(meaning))) {
        const bool whole = word.ends_with('=');
        word.remove_suffix(whole ? 1 : 0);
        out << "{ClauseLanguage::" << language_name << ", ClauseClass::" << meaning_name << ", "
            << (whole ? "true" : "false") << ", " << literal(word) << "},\n";
      }
    }
  }
  out << "};\nconstexpr ForeignPart kForeignParts[] = {\n";
  for (const auto& [meaning, meaning_name] : kMeanings) {
    for (const std::string& part : lexicon.at("contains." + std::string(meaning))) {
      out << "{ClauseClass::" << meaning_name << ", " << literal(part) << "},\n";
    }
  }
  out << "};\n";
}

void write(const ModelFile& model, const Lexicon& lexicon, std::ostream& out) {
  const Table<FeatureSlot> features = feature_table(model);
  const Table<StemSlot> stems = stem_table(model, lexicon);
  const Table<WordSlot> words = word_table(lexicon);
  out << "// Made from rules/data/instruction-model.tsv and instruction-lexicon.txt. Do not edit.\n"
         "#include \"rules/instruction/instruction_model.h\"\n\nnamespace merlon {\nnamespace "
         "{\n\n";
  out << "constexpr WordSlot kWords[] = {\n";
  for (const WordSlot& slot : words.slots()) {
    out << "{" << slot.check << "U," << slot.flags << "U},\n";
  }
  out << "};\nconstexpr StemSlot kStems[] = {\n";
  for (const StemSlot& slot : stems.slots()) {
    out << "{" << slot.check << "U," << slot.tool << "," << slot.text << "," << int{slot.flags}
        << "},\n";
  }
  out << "};\nconstexpr FeatureSlot kFeatures[] = {\n";
  for (const FeatureSlot& slot : features.slots()) {
    out << "{" << slot.check << "U," << slot.tool << "," << slot.text << "},\n";
  }
  out << "};\n";
  write_foreign(lexicon, out);
  out << "constexpr InstructionModel kModel{.stems = kStems, .features = kFeatures, .words = "
         "kWords,\n"
         "    .foreign_words = kForeignWords, .foreign_parts = kForeignParts,\n"
      << "    .tool_bias = " << model.header_number("bias.tool")
      << ", .tool_threshold = " << model.header_number("threshold.tool")
      << ", .text_bias = " << model.header_number("bias.text")
      << ", .text_threshold = " << model.header_number("threshold.text") << ", .half = \""
      << model.header.at("half")
      << "\"};\n\n}  // namespace\n\n"
         "const InstructionModel& built_in_instruction_model() {\n  return kModel;\n}\n\n}  // "
         "namespace merlon\n";
}

}  // namespace
}  // namespace merlon

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: merlon_instruction_model_compiler MODEL LEXICON OUTPUT\n";
    return 2;
  }
  try {
    const merlon::ModelFile model = merlon::read_model(argv[1]);
    const auto lexicon = merlon::read_lexicon(argv[2]);
    std::ofstream out(argv[3], std::ios::binary);
    merlon::write(model, lexicon, out);
    out.flush();
    return out ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& problem) {
    std::cerr << "error: " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
}
