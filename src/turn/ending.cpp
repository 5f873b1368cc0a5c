#include "turn/ending.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "turn/words.h"

namespace eva::turn {
namespace {

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// Nobody ends a sentence with these: articles, possessives, conjunctions, prepositions that need
// their noun, auxiliaries that need their verb, fillers. ("to", "with", "is", "that" and such do
// end questions: "Who are you talking to?", so a question mark overrules the second list.)
constexpr std::array<std::string_view, 33> kNeverLast{
    "a",  "an",  "the",  "my",      "your",  "our", "their",    "its",    "and",     "or",  "but",
    "so", "if",  "than", "because", "cause", "cuz", "although", "unless", "um",      "uh",  "uhm",
    "er", "erm", "hmm",  "hm",      "mm",    "i'm", "you're",   "we're",  "they're", "i'd", "i'll"};
constexpr std::array<std::string_view, 31> kRarelyLast{
    "to",    "of",  "with", "for",   "from",  "at",   "by",     "into", "about", "like",   "is",
    "are",   "was", "were", "be",    "am",    "can",  "could",  "will", "would", "should", "that",
    "which", "who", "when", "while", "where", "very", "really", "also", "then"};
constexpr std::array<std::string_view, 20> kShortAnswers{
    "yes",   "yeah",    "yep",     "yup",   "no",    "nope",   "nah",    "okay", "ok",      "sure",
    "right", "correct", "exactly", "never", "maybe", "thanks", "please", "both", "neither", "none"};
// Whole turns of one or two words, besides answers.
constexpr std::array<std::string_view, 26> kUsual{
    "hello",        "hi",         "hey",          "hello eva", "hi eva",   "hey eva",
    "good morning", "good night", "good evening", "goodbye",   "good bye", "bye",
    "bye bye",      "thank you",  "stop",         "stop it",   "go on",    "continue",
    "never mind",   "nevermind",  "help",         "help me",   "sorry",    "excuse me",
    "that's it",    "that's all"};
constexpr std::array<std::string_view, 29> kNumbers{
    "zero",    "oh",      "one",       "two",      "three",    "four",   "five",     "six",
    "seven",   "eight",   "nine",      "ten",      "eleven",   "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",   "forty",
    "fifty",   "sixty",   "seventy",   "eighty",   "ninety"};
// Whole utterances, or their ends.
constexpr std::array<std::string_view, 18> kHolds{
    "wait",          "wait a second", "wait a minute",    "wait a moment",    "hold on",
    "hang on",       "one moment",    "one second",       "one minute",       "just a moment",
    "just a second", "just a minute", "give me a second", "give me a moment", "give me a minute",
    "let me think",  "let me see",    "let me check"};

bool is_number(const std::string& word) {
  return std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c); }) ||
         one_of(kNumbers, word);
}

// A single letter or a digit or two, as people read out codes and numbers. "a" and "i" are words.
bool is_read_out(const std::string& word) {
  const bool letter = word.size() == 1 && std::isalpha(static_cast<unsigned char>(word[0]));
  return letter ? word != "a" && word != "i" : is_number(word);
}

std::string joined(const Words& words, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < words.size(); ++i) out += (out.empty() ? "" : " ") + words[i];
  return out;
}

bool ends_with_hold(const Words& words) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(words.size(), 4); ++length) {
    if (one_of(kHolds, joined(words, words.size() - length))) return true;
  }
  return false;
}

}  // namespace

Ending ending_of(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  const Words words = words_of(text);
  if (words.empty()) return Ending::kNone;
  const std::string& last = words.back();
  const bool question = text.ends_with('?');
  const bool exclaimed = text.ends_with('!');
  if (!question && ends_with_hold(words)) return Ending::kHold;
  if (words.size() == 1 && (one_of(kShortAnswers, last) || is_number(last))) {
    return Ending::kShortAnswer;
  }
  if (words.size() == 2 && one_of(kShortAnswers, words[0]) && one_of(kShortAnswers, last)) {
    return Ending::kShortAnswer;  // "yes please", "no thanks"
  }
  if (text.ends_with(',') || text.ends_with('-') || text.ends_with("...") || text.ends_with("…") ||
      one_of(kNeverLast, last)) {
    return Ending::kOpen;
  }
  if (!question && !exclaimed && one_of(kRarelyLast, last)) return Ending::kOpen;
  const bool group = words.size() >= 2 && is_read_out(last) && is_read_out(words[words.size() - 2]);
  const bool long_number =
      last.size() >= 3 && is_number(last) && std::isdigit(static_cast<unsigned char>(last.front()));
  if (!question && (group || long_number)) return Ending::kReading;
  const bool closed = question || exclaimed || text.ends_with('.');
  if (words.size() <= 2) {
    if (question || one_of(kUsual, joined(words, 0))) return Ending::kComplete;
    return Ending::kFragment;
  }
  if (!closed)
    return std::isupper(static_cast<unsigned char>(text.front())) ? Ending::kUnfinished
                                                                  : Ending::kUnknown;
  // Three or four words and a full stop are as often the beginning of a sentence.
  return words.size() >= 5 || question || exclaimed ? Ending::kComplete : Ending::kUnknown;
}

}  // namespace eva::turn
