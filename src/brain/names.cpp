#include "brain/names.h"

#include <algorithm>
#include <string_view>

#include "brain/clauses.h"
#include "brain/pattern.h"
#include "brain/text.h"

namespace eva::brain {
namespace {

constexpr std::size_t kNameWordsMax = 3;
constexpr std::size_t kNameCharactersMax = 60;

// What stands after "my name is" or "I'm" without being a name.
constexpr std::string_view kNoNames[] = {
    "a",          "an",          "the",       "not",       "and",         "is",
    "it",         "i",           "what",      "who",       "so",          "just",
    "okay",       "fine",        "good",      "very",      "really",      "here",
    "sorry",      "also",        "now",       "your",      "you",         "american",
    "british",    "english",     "german",    "french",    "spanish",     "italian",
    "chinese",    "japanese",    "indian",    "irish",     "scottish",    "dutch",
    "russian",    "polish",      "canadian",  "swedish",   "turkish",     "ukrainian",
    "european",   "australian",  "swiss",     "austrian",  "monday",      "tuesday",
    "wednesday",  "thursday",    "friday",    "saturday",  "sunday",      "today",
    "tomorrow",   "tonight",     "yesterday", "later",     "back",        "again",
    "soon",       "maybe",       "sometime",  "never",     "when",        "if",
    "anytime",    "once",        "helpful",   "important", "unknown",     "none",
    "no",         "in",          "on",        "at",        "to",          "of",
    "my",         "that",        "this",      "secret",    "complicated", "long",
    "short",      "hard",        "difficult", "easy",      "common",      "strange",
    "hungry",     "thirsty",     "tired",     "sleepy",    "late",        "early",
    "busy",       "ready",       "happy",     "sad",       "angry",       "mad",
    "bored",      "boring",      "sick",      "ill",       "well",        "better",
    "worse",      "great",       "awesome",   "amazing",   "wonderful",   "perfect",
    "nice",       "cool",        "excellent", "fantastic", "terrible",    "horrible",
    "awful",      "bad",         "alone",     "lonely",    "lost",        "scared",
    "afraid",     "nervous",     "worried",   "excited",   "confused",    "curious",
    "serious",    "sure",        "certain",   "right",     "wrong",       "true",
    "false",      "done",        "finished",  "free",      "home",        "hot",
    "cold",       "warm",        "old",       "young",     "new",         "married",
    "single",     "pregnant",    "rich",      "poor",      "stupid",      "smart",
    "crazy",      "funny",       "weird",     "different", "impossible",  "possible",
    "ridiculous", "interesting", "beautiful", "ugly",      "big",         "small",
    "safe",       "broken",      "dead",      "alive",     "drunk",       "sober",
    "blind",      "deaf",        "going",     "coming",    "leaving",     "working",
    "looking",    "trying",      "waiting",   "listening", "talking",     "speaking",
    "thinking",   "asking",      "kidding",   "joking",    "wondering",   "doing",
    "driving",    "cooking",     "eating",    "there",     "everything",  "nothing",
    "something",  "all",         "only",      "always",    "still",       "almost",
    "about",      "from",        "for",       "with",      "by",          "out",
    "up",         "down",        "off",       "over",      "gonna",       "vegan",
    "vegetarian", "christian",   "muslim",    "jewish",    "catholic"};

bool may_be_name(const Token& token) {
  return token.kind == Token::Kind::kWord &&
         std::ranges::find(kNoNames, token.text) == std::end(kNoNames);
}

// One word, or up to three as long as they are written with a capital.
Tokens name_at_front(Tokens rest) {
  std::size_t count = 0;
  while (count < rest.size() && count < kNameWordsMax && may_be_name(rest[count]) &&
         (count == 0 || (rest[count].capital && rest[count - 1].capital &&
                         rest[count - 1].stop == Token::Stop::kNone))) {
    ++count;
  }
  return rest.first(count);
}

std::string written_name(const Transcript& transcript, Tokens name) {
  std::string written(transcript.written(name));
  if (written.ends_with("'s")) written.resize(written.size() - 2);
  return capitalised(cut_at_word(written, kNameCharactersMax));
}

bool ends(Tokens tokens, std::size_t count) {
  return count == tokens.size() || tokens[count - 1].stop != Token::Stop::kNone ||
         tokens[count].text == "and";
}

}  // namespace

std::string assistant_name(std::span<const speech::ChatMessage> conversation) {
  for (const speech::ChatMessage& message : conversation) {
    if (message.role != speech::ChatMessage::Role::kSystem) continue;
    const Transcript transcript = read_transcript(message.text);
    const Tokens all(transcript.tokens);
    for (std::string_view phrase : {"your name is", "you are called|named?"}) {
      const auto taken = find_phrase(phrase, all);
      if (!taken) continue;
      const Tokens name = name_at_front(all.subspan(*taken));
      if (!name.empty() && name.front().capital) return written_name(transcript, name);
    }
  }
  return "Eva";
}

std::optional<NameStatement> name_statement(const Transcript& transcript, Tokens clause) {
  for (std::string_view phrase : {"my name is|was not?", "call me", "i am not?", "this is not?"}) {
    const auto taken = find_phrase(phrase, clause);
    if (!taken) continue;
    const Tokens said = clause.first(*taken);
    const bool denied = find_phrase("not|never", said).has_value();
    const Tokens rest = clause.subspan(*taken);
    const Tokens name = name_at_front(rest);
    if (name.empty() || said.back().stop == Token::Stop::kSentence) continue;
    const bool capital = name.front().capital;
    const bool last = ends(rest, name.size());
    const bool stated = !denied && phrase.starts_with("my name") && (capital || last);
    if (stated || (capital && last)) return NameStatement{written_name(transcript, name), denied};
  }
  return std::nullopt;
}

std::optional<std::string> user_name(std::span<const speech::ChatMessage> conversation) {
  std::optional<std::string> name;
  for (const speech::ChatMessage& message : conversation) {
    if (message.role != speech::ChatMessage::Role::kUser) continue;
    const Transcript transcript = read_transcript(message.text);
    for (const Tokens clause : split_clauses(transcript.tokens)) {
      const auto statement = name_statement(transcript, clause);
      if (!statement) continue;
      if (!statement->denied) {
        name = statement->name;
      } else if (name == statement->name) {
        name.reset();
      }
    }
  }
  return name;
}

}  // namespace eva::brain
