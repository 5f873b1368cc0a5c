#include "engine/text/sentences.h"

#include <algorithm>
#include <array>

#include "engine/text/abbreviation.h"
#include "engine/text/plain_text.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::size_t kQuickStartAbove = 60;
constexpr std::size_t kQuickPartMin = 20;

/// Words with a capital that open sentences far more often than they follow an abbreviation.
constexpr std::array<std::string_view, 44> kStarters = {
    "The",  "A",   "An",  "I",    "He",  "She",   "It",     "We",    "You",   "They",  "My",
    "Your", "His", "Her", "Its",  "Our", "Their", "This",   "That",  "These", "Those", "There",
    "Here", "But", "And", "So",   "If",  "When",  "What",   "Where", "Why",   "How",   "Who",
    "Is",   "Are", "Do",  "Does", "Did", "Can",   "Please", "Then",  "Now",   "In",    "However"};

bool is_starter(const Token& token) {
  return std::find(kStarters.begin(), kStarters.end(), token.core) != kStarters.end();
}

bool is_initial(std::string_view core) {
  return core.size() == 1 && is_upper(core.front()) && core != "I";
}

bool never_ends_sentence(const Token& token) {
  if (token.core == "Dr") return true;
  const Abbreviation* entry = find_abbreviation(token.core);
  return entry != nullptr && !entry->may_end_sentence &&
         entry->when != Abbreviation::When::kBeforeNumber;
}

/// Whether a full stop after such a core ends a sentence only when a typical opening word follows.
bool is_doubtful(const Token& token) {
  return token.core == "St" || is_initial(token.core) || is_dotted(token.core) ||
         is_calendar_abbreviation(token.core) || find_abbreviation(token.core) != nullptr;
}

using Tokens = std::vector<Token>;

std::size_t length_of(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::size_t length = end > begin ? end - begin - 1 : 0;
  for (std::size_t i = begin; i < end; ++i) {
    length += tokens[i].before.size() + tokens[i].core.size() + tokens[i].after.size();
  }
  return length;
}

/// The end of the piece that begins at `begin`: behind the last punctuation that fits into
/// `longest`, else behind the last token that does.
std::size_t clause_end(const Tokens& tokens, std::size_t begin, std::size_t sentence_end,
                       std::size_t longest) {
  if (length_of(tokens, begin, sentence_end) <= longest) return sentence_end;
  std::size_t fits = begin + 1;
  std::size_t marked = 0;
  for (std::size_t end = begin + 1; end < sentence_end; ++end) {
    if (length_of(tokens, begin, end) > longest) break;
    fits = end;
    if (tokens[end - 1].mark() != 0) marked = end;
  }
  return marked != 0 ? marked : fits;
}

/// The end of a short first piece, `sentence_end` when there is no good place.
std::size_t quick_end(const Tokens& tokens, std::size_t sentence_end) {
  if (length_of(tokens, 0, sentence_end) <= kQuickStartAbove) return sentence_end;
  for (std::size_t end = 1; end < sentence_end; ++end) {
    const char mark = tokens[end - 1].mark();
    const bool pause = mark == ',' || mark == ';' || mark == ':';
    if (pause && length_of(tokens, 0, end) >= kQuickPartMin &&
        length_of(tokens, end, sentence_end) >= kQuickPartMin) {
      return end;
    }
  }
  return sentence_end;
}

bool is_speakable(std::string_view piece) {
  return std::any_of(piece.begin(), piece.end(),
                     [](char c) { return is_letter(c) || is_digit(c); });
}

void split_line(std::string_view line, bool quick_start, std::size_t longest,
                std::vector<std::string>& pieces) {
  const Tokens tokens = tokenise(line);
  std::size_t begin = 0;
  std::size_t sentence_begin = 0;
  for (std::size_t end = 1; end <= tokens.size(); ++end) {
    const Token* next = end < tokens.size() ? &tokens[end] : nullptr;
    const bool item_number =
        end - sentence_begin == 1 && all_digits(tokens[end - 1].core) && tokens[end - 1].has_dot();
    if (next != nullptr && (item_number || !ends_sentence(tokens[end - 1], next))) continue;
    while (begin < end) {
      const bool quick = quick_start && pieces.empty();
      const std::size_t cut = quick && begin == 0 ? quick_end(tokens, end) : end;
      const std::size_t piece_end = clause_end(tokens, begin, cut, longest);
      std::string piece = join(tokens, begin, piece_end);
      begin = piece_end;
      if (is_speakable(piece)) pieces.push_back(std::move(piece));
    }
    sentence_begin = end;
  }
}

}  // namespace

bool ends_sentence(const Token& token, const Token* next) {
  if (next == nullptr) return true;
  const char mark = token.mark();
  if (mark != '.' && mark != '?' && mark != '!') return false;
  if (is_lower(next->core.front())) return false;
  if (mark != '.') return true;
  if (token.after.find(',') != std::string::npos) return false;  // "Inc., Foo"
  if (token.core == "No" && is_digit(next->core.front())) return false;
  if (never_ends_sentence(token)) return false;
  return !is_doubtful(token) || is_starter(*next);
}

std::vector<std::string> split_for_speech(std::string_view text, bool quick_start,
                                          std::size_t longest) {
  const std::string plain = plain_text(text);
  std::vector<std::string> pieces;
  std::string_view rest = plain;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    split_line(rest.substr(0, end), quick_start, longest, pieces);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return pieces;
}

}  // namespace eva::text
