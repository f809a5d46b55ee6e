#include "capability/capability_words.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "base/name_memo.h"
#include "capability/word_tokens.h"

namespace merlon {
namespace {

struct WordList {
  WordClasses classes;
  std::string_view words;  ///< separated by blanks
};

// A word may stand in several lists; its classes are added up.
constexpr std::array kLists{
    WordList{
        kVerbRead,
        "get list read search fetch find query retrieve show view describe lookup browse check "
        "inspect analyze "
        "analyse summarize summarise download export extract count explore scrape crawl navigate "
        "monitor watch "
        "tail cat grep resolve scan capture select collect obtain return display print recall "
        "transcribe load "
        "screenshot take access open ask visit poll discover dump stat fetchall research look"},
    WordList{kVerbPure,
             "calculate compute convert estimate validate verify parse format encode decode "
             "compare translate hash "
             "plan think predict simulate classify evaluate render visualize score rank sort "
             "filter diff lint test "
             "measure is has can suggest recommend generate explain preview ping whoami echo roll "
             "draw wait hover "
             "scroll resize zoom geocode help random"},
    WordList{kVerbChange,
             "create add update set edit modify write save rename move insert append upsert patch "
             "put enable disable "
             "configure assign unassign archive unarchive complete reopen merge commit stage stash "
             "checkout start stop restart "
             "install deploy apply restore import register schedule subscribe unsubscribe approve "
             "reject mark toggle "
             "replace click type fill press submit upload store persist lock unlock attach detach "
             "link unlink clone "
             "copy duplicate change adjust increase decrease mount activate deactivate pause "
             "resume trigger publish "
             "share send reply forward invite book reserve buy sell pay push post upgrade "
             "downgrade migrate provision "
             "drag drop scale sync rotate enroll associate disassociate cancel close transition "
             "accept claim delegate redeem vote "
             "decline grant follow "
             "unfollow like favourite favorite pin unpin transfer sign mint stake unstake bulk "
             "batch place"},
    WordList{kVerbDestroy,
             "delete remove destroy purge wipe truncate clear erase kill terminate uninstall "
             "unpublish revoke reset "
             "flush prune trash discard overwrite rm deprovision evict expunge"},
    WordList{kVerbSend,
             "send email mail notify post publish tweet retweet reply forward share message dm "
             "invite broadcast "
             "upload push announce dispatch transmit submit sms fax"},
    WordList{kVerbExecute, "execute exec run eval evaluate spawn shell interpret"},
    WordList{kVerbSpend,
             "pay purchase buy sell refund payout swap trade withdraw deposit bid stake unstake "
             "borrow repay checkout charge transfer place"},
    WordList{kNeedsMoney,
             "transfer place trade charge deposit swap bid stake unstake checkout refund payout "
             "sell borrow repay"},
    WordList{
        kVerbCreate,
        "create add update edit write submit post append insert upsert open reply comment save "
        "generate place"},
    WordList{kNounQuery, "query"},
    WordList{kVerbRemember, "remember memorize memorise"},
    WordList{kAlsoNoun,
             "post email mail tweet message dm sms fax share comment order stage link archive copy "
             "change lock count "
             "store type drop sign mark test plan score rank sort filter format hash export import "
             "download upload "
             "capture screenshot access purchase trade charge deposit swap bid stake checkout "
             "refund payout transfer "
             "query search view display scan monitor watch report reply commit merge patch push "
             "batch bulk book set "
             "start stop like pin follow release deploy clone trash reset research help shell "
             "random can has is close "
             "open load schedule register stat sync scale trigger notify"},
    WordList{kNounPrivate,
             "email mail inbox gmail outlook mailbox message chat conversation dm calendar event "
             "meeting contact file "
             "drive folder directory filesystem note document doc notebook database table row "
             "record customer client "
             "user employee profile account balance wallet portfolio order invoice payment "
             "transaction patient health "
             "history secret credential password passphrase token apikey env environment config "
             "configuration log "
             "screenshot clipboard location photo ticket crm lead deal opportunity task todo "
             "reminder issue repo "
             "repository commit pull branch workspace channel thread slack jira confluence "
             "notion linear hubspot "
             "salesforce zendesk mailchimp spreadsheet sheet bucket blob object backup keychain "
             "vault cookie session "
             "subscription memory device desktop window tab bookmark sms call recording transcript "
             "payslip payroll "
             "salary resume member team incident audit"},
    WordList{kNounUntrusted,
             "web website webpage site url urls html internet online news article rss feed tweet "
             "comment review forum "
             "reddit youtube video transcript subtitle caption issue pull email inbox mail gmail "
             "message dm thread "
             "readme wikipedia wiki blog arxiv ticket attachment browser crawl scrape podcast "
             "google bing duckduckgo "
             "brave tavily exa post hackernews conversation chat slack discord telegram whatsapp "
             "sms invite"},
    WordList{kNounMessage,
             "email mail message sms tweet post comment reply notification slack discord telegram "
             "whatsapp webhook "
             "invite invitation newsletter campaign issue gist pull announcement review thread dm "
             "fax broadcast draft"},
    WordList{kNounMemory, "memory memories"},
    WordList{kNounMoney,
             "payment payout fund funds money refund order trade crypto token eth sol btc usdc "
             "balance wallet "
             "transfer transaction purchase checkout swap nft donation"},
    WordList{kNounCode,
             "command cmd script shell bash powershell terminal console javascript js python code "
             "eval macro applescript "
             "sandbox repl process binary snippet program lambda jupyter cell"},
    WordList{kNounDatabase,
             "sql mysql postgres postgresql sqlite mssql oracle snowflake bigquery duckdb "
             "clickhouse mongodb"},
    WordList{kNegation, "not never without cannot cant dont doesnt no nor neither wont"},
    WordList{kNameOnly,
             "page post like follow type set test help open look watch view access load take start "
             "stop is can has "
             "call object token code client key pull link drop draw plan wait change return print "
             "display format order"},
};

constexpr std::size_t kLongestWord = 24;
constexpr std::size_t kWordSlots = 2048;  // a power of two; a quarter full

constexpr std::size_t hash_of_word(std::string_view word) {
  std::uint32_t hash = 0x811C9DC5U;
  for (const char c : word) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  }
  return (hash ^ (hash >> 15U)) % kWordSlots;
}

/// A word of the lists, by list and place in it: no pointers, which would have to be relocated at
/// each start of the program.
struct WordSlot {
  std::uint16_t list{0};
  std::uint16_t begin{0};
  std::uint16_t size{0};  ///< 0: free
  std::uint16_t spare{0};
  WordClasses classes{0};

  [[nodiscard]] constexpr std::string_view text() const {
    return kLists[list].words.substr(begin, size);
  }
};

constexpr void enter_word(std::array<WordSlot, kWordSlots>& slots, const WordSlot& word) {
  std::size_t at = hash_of_word(word.text());
  while (slots[at].size != 0 && slots[at].text() != word.text()) {
    at = (at + 1) % kWordSlots;
  }
  const WordClasses before = slots[at].classes;
  if (slots[at].size == 0) {
    slots[at] = word;
  }
  slots[at].classes = before | word.classes;
}

/// All words of all lists; one that stands in several lists has the classes of all.
constexpr std::array<WordSlot, kWordSlots> make_word_slots() {
  std::array<WordSlot, kWordSlots> slots{};
  for (std::size_t list = 0; list < kLists.size(); ++list) {
    const std::string_view words = kLists[list].words;
    std::size_t begin = 0;
    while (begin < words.size()) {
      const std::size_t end = std::min(words.find(' ', begin), words.size());
      if (end > begin) {
        enter_word(slots, {.list = static_cast<std::uint16_t>(list),
                           .begin = static_cast<std::uint16_t>(begin),
                           .size = static_cast<std::uint16_t>(end - begin),
                           .classes = kLists[list].classes});
      }
      begin = end + 1;
    }
  }
  return slots;
}

constexpr std::array<WordSlot, kWordSlots> kWordTable = make_word_slots();

/// Asks for a word without its last bytes, with another ending.
WordClasses stem_classes(std::string_view word, std::size_t cut, std::string_view ending) {
  std::array<char, kLongestWord + 1> stem{};
  const std::size_t kept = word.size() - cut;
  std::copy_n(word.begin(), kept, stem.begin());
  std::copy_n(ending.begin(), ending.size(), stem.begin() + static_cast<std::ptrdiff_t>(kept));
  return exact_word({stem.data(), kept + ending.size()});
}

WordClasses first_known(std::initializer_list<WordClasses> found) {
  for (const WordClasses classes : found) {
    if (classes != 0) {
      return classes;
    }
  }
  return 0;
}

/// The classes of the word without an ending of its inflection, in the ways in which English may
/// have changed it.
WordClasses classes_of_stem(std::string_view word) {
  if (word.ends_with("ies")) {
    return stem_classes(word, 3, "y");
  }
  if (word.ends_with("es")) {
    return first_known({stem_classes(word, 1, ""), stem_classes(word, 2, "")});
  }
  if (word.ends_with("s") && !word.ends_with("ss")) {
    return stem_classes(word, 1, "");
  }
  for (const std::size_t bytes : {3U, 2U}) {
    if (!word.ends_with(bytes == 3 ? "ing" : "ed") || word.size() < bytes + 3) {
      continue;
    }
    const bool doubled = word[word.size() - bytes - 1] == word[word.size() - bytes - 2];
    return first_known({stem_classes(word, bytes, ""), stem_classes(word, bytes, "e"),
                        doubled ? stem_classes(word, bytes + 1, "") : 0});
  }
  return 0;
}

struct SinkWords {
  SinkKind kind;
  std::string_view last;   ///< words that say it at the end of a name, between blanks
  std::string_view whole;  ///< words that say it only as the whole name
};

constexpr std::array kSinkWords{
    SinkWords{SinkKind::kUrl,
              " url urls uri endpoint webhook webhooks callback callbackurl webhookurl ",
              " link href "},
    SinkWords{SinkKind::kHost, " hostname ", " host server domain "},
    SinkWords{SinkKind::kRecipient,
              " recipient recipients cc bcc email emails mailto phone chatid chat jid receiver "
              "addressee ",
              " to channel emailaddress phonenumber "},
    SinkWords{SinkKind::kCommand,
              " command commands cmd shell script bash javascript powershell applescript ",
              " code python js exec "},
    SinkWords{SinkKind::kPath,
              " path paths filepath filename directory folderpath filenames dir file files "
              "destination cwd ",
              " folder output root "},
    SinkWords{SinkKind::kMoney, " amount amounts ", " price budget "},
};

constexpr std::size_t kSinkSlots = 256;
constexpr std::uint8_t kNoSink = 0xFF;

/// Where a word of a sink stands in its list.
struct SinkSlot {
  std::uint8_t kind{kNoSink};  ///< index into kSinkWords
  bool whole{false};
  std::uint8_t size{0};
  std::uint16_t begin{0};

  [[nodiscard]] constexpr std::string_view text() const {
    const SinkWords& words = kSinkWords[kind];
    return (whole ? words.whole : words.last).substr(begin, size);
  }
};

constexpr std::size_t hash_of_sink(std::string_view word) {
  std::uint32_t hash = 0x811C9DC5U;
  for (const char c : word) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  }
  return (hash ^ (hash >> 15U)) % kSinkSlots;
}

constexpr void enter_sinks(std::array<SinkSlot, kSinkSlots>& table, std::size_t kind, bool whole) {
  const std::string_view list = whole ? kSinkWords[kind].whole : kSinkWords[kind].last;
  for (std::size_t begin = 1; begin < list.size();) {
    const std::size_t end = list.find(' ', begin);
    std::size_t at = hash_of_sink(list.substr(begin, end - begin));
    while (table[at].kind != kNoSink) {
      at = (at + 1) % kSinkSlots;
    }
    table[at] = {.kind = static_cast<std::uint8_t>(kind),
                 .whole = whole,
                 .size = static_cast<std::uint8_t>(end - begin),
                 .begin = static_cast<std::uint16_t>(begin)};
    begin = end + 1;
  }
}

constexpr std::array<SinkSlot, kSinkSlots> kSinkTable = [] {
  std::array<SinkSlot, kSinkSlots> table{};
  for (std::size_t kind = 0; kind < kSinkWords.size(); ++kind) {
    enter_sinks(table, kind, false);
    enter_sinks(table, kind, true);
  }
  return table;
}();

/// The first sink that has the word, at the end of a name or also as a whole name.
std::uint8_t first_sink(std::string_view word, bool is_whole) {
  std::uint8_t first = kNoSink;
  for (std::size_t at = hash_of_sink(word); kSinkTable[at].kind != kNoSink;
       at = (at + 1) % kSinkSlots) {
    const SinkSlot& slot = kSinkTable[at];
    if (slot.kind < first && (is_whole || !slot.whole) && slot.text() == word) {
      first = slot.kind;
    }
  }
  return first;
}

bool among(std::string_view list, std::string_view word) {
  for (std::size_t at = list.find(word); at != std::string_view::npos;
       at = list.find(word, at + 1)) {
    if (at > 0 && list[at - 1] == ' ' && at + word.size() < list.size() &&
        list[at + word.size()] == ' ') {
      return true;
    }
  }
  return false;
}

}  // namespace

WordClasses exact_word(std::string_view word) {
  if (word.size() > kLongestWord || word.empty()) {
    return 0;
  }
  for (std::size_t at = hash_of_word(word); kWordTable[at].size != 0; at = (at + 1) % kWordSlots) {
    if (kWordTable[at].text() == word) {
      return kWordTable[at].classes;
    }
  }
  return 0;
}

WordClasses classify_word(std::string_view word) {
  if (word.size() > kLongestWord || word.empty()) {
    return 0;
  }
  const WordClasses classes = exact_word(word);
  return classes != 0 || word.size() < 4 ? classes : classes_of_stem(word);
}

std::string_view to_string(SinkKind kind) {
  switch (kind) {
    case SinkKind::kUrl: return "URL";
    case SinkKind::kHost: return "host";
    case SinkKind::kRecipient: return "recipient";
    case SinkKind::kCommand: return "command";
    case SinkKind::kPath: return "path";
    case SinkKind::kMoney: return "amount";
  }
  return "URL";
}

std::optional<SinkKind> sink_of_parameter(std::string_view name) {
  thread_local NameMemo<std::optional<SinkKind>> memo;
  return memo.get(name, [](std::string_view asked) {
    return sink_of_words(split_identifier(asked, kSinkNameWords));
  });
}

std::optional<SinkKind> sink_of_words(std::span<const WordToken> words) {
  if (words.empty()) {
    return std::nullopt;
  }
  std::string whole;
  for (const WordToken& word : words) {
    whole += word.text;
  }
  if (const std::uint8_t sink =
          std::min(first_sink(words.back().text, false), first_sink(whole, true));
      sink != kNoSink) {
    return kSinkWords[sink].kind;
  }
  if (words.front().text == "amount") {  // `amountSats`, `amount_in_wei`
    return SinkKind::kMoney;
  }
  // `email_address`, `phone_number`, `channel_id`: the word before says it.
  if (words.size() >= 2 && among(" address number id ", words.back().text) &&
      among(" email phone channel recipient chat ", words[words.size() - 2].text)) {
    return SinkKind::kRecipient;
  }
  return std::nullopt;
}

}  // namespace merlon
