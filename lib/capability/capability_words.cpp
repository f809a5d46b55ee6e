#include "capability/capability_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

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

struct Word {
  std::string_view text;
  WordClasses classes{0};
};

constexpr std::size_t count_words() {
  std::size_t count = 0;
  for (const WordList& list : kLists) {
    bool inside = false;
    for (const char c : list.words) {
      if (c != ' ' && !inside) {
        ++count;
      }
      inside = c != ' ';
    }
  }
  return count;
}

/// All words of all lists, sorted; one that stands in several lists is there once per list.
constexpr auto make_index() {
  std::array<Word, count_words()> index{};
  std::size_t used = 0;
  for (const WordList& list : kLists) {
    std::size_t begin = 0;
    while (begin < list.words.size()) {
      std::size_t end = list.words.find(' ', begin);
      if (end == std::string_view::npos) {
        end = list.words.size();
      }
      if (end > begin) {
        index[used++] = {list.words.substr(begin, end - begin), list.classes};
      }
      begin = end + 1;
    }
  }
  std::ranges::sort(index, {}, &Word::text);
  return index;
}

constexpr auto kIndex = make_index();

/// The word without an ending of its inflection, in the ways in which English may have changed it.
std::vector<std::string> stems(std::string_view word) {
  const auto cut = [word](std::size_t bytes) {
    return std::string(word.substr(0, word.size() - bytes));
  };
  if (word.ends_with("ies")) {
    return {cut(3) + "y"};
  }
  if (word.ends_with("es")) {
    return {cut(1), cut(2)};
  }
  if (word.ends_with("s") && !word.ends_with("ss")) {
    return {cut(1)};
  }
  for (const std::size_t bytes : {3U, 2U}) {
    if (!word.ends_with(bytes == 3 ? "ing" : "ed") || word.size() < bytes + 3) {
      continue;
    }
    std::vector<std::string> found{cut(bytes), cut(bytes) + "e"};
    const std::string& stem = found.front();
    if (stem[stem.size() - 1] == stem[stem.size() - 2]) {
      found.push_back(stem.substr(0, stem.size() - 1));
    }
    return found;
  }
  return {};
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

bool among(std::string_view list, std::string_view word) {
  std::string key;
  key.append(" ").append(word).append(" ");
  return list.find(key) != std::string_view::npos;
}

}  // namespace

WordClasses exact_word(std::string_view word) {
  WordClasses classes = 0;
  for (auto at = std::ranges::lower_bound(kIndex, word, {}, &Word::text);
       at != kIndex.end() && at->text == word; ++at) {
    classes |= at->classes;
  }
  return classes;
}

WordClasses classify_word(std::string_view word) {
  if (word.size() > 24 || word.empty()) {
    return 0;
  }
  if (const WordClasses classes = exact_word(word); classes != 0) {
    return classes;
  }
  if (word.size() < 4) {
    return 0;
  }
  for (const std::string& stem : stems(word)) {
    if (const WordClasses classes = exact_word(stem); classes != 0) {
      return classes;
    }
  }
  return 0;
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
  const auto words = split_identifier(name, 8);
  if (words.empty()) {
    return std::nullopt;
  }
  std::string whole;
  for (const WordToken& word : words) {
    whole += word.text;
  }
  for (const SinkWords& sink : kSinkWords) {
    if (among(sink.last, words.back().text) || among(sink.last, whole) ||
        among(sink.whole, whole)) {
      return sink.kind;
    }
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
