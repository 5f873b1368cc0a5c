#include "brain/names.h"

#include <algorithm>
#include <string_view>

#include "brain/pattern.h"
#include "brain/text.h"

namespace eva::brain {
namespace {

constexpr std::size_t kNameWordsMax = 3;
constexpr std::size_t kNameCharactersMax = 60;

// What stands after "my name is" or "I'm" without being a name.
constexpr std::string_view kNoNames[] = {
    "a",        "an",         "the",      "not",      "and",     "is",        "it",
    "i",        "what",       "who",      "so",       "just",    "okay",      "fine",
    "good",     "very",       "really",   "here",     "sorry",   "also",      "now",
    "your",     "you",        "american", "british",  "english", "german",    "french",
    "spanish",  "italian",    "chinese",  "japanese", "indian",  "irish",     "scottish",
    "dutch",    "russian",    "polish",   "canadian", "swedish", "turkish",   "ukrainian",
    "european", "australian", "swiss",    "austrian", "monday",  "tuesday",   "wednesday",
    "thursday", "friday",     "saturday", "sunday",   "helpful", "important", "unknown",
    "none",     "no",         "in",       "on",       "at",      "to",        "of",
    "my",       "that",       "this"};

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

// The rest of the sentence in which `phrase` stands, directly after it; a later one wins.
std::optional<std::string> name_after(std::string_view phrase, const Transcript& transcript,
                                      Tokens all) {
  std::optional<std::string> found;
  for (std::size_t start = 0; start < all.size();) {
    const auto taken = find_phrase(phrase, all.subspan(start));
    if (!taken) break;
    start += *taken;
    const Tokens name = name_at_front(all.subspan(start));
    if (!name.empty() && all[start - 1].stop != Token::Stop::kSentence) {
      found = written_name(transcript, name);
    }
  }
  return found;
}

}  // namespace

std::string assistant_name(std::span<const speech::ChatMessage> conversation) {
  for (const speech::ChatMessage& message : conversation) {
    if (message.role != speech::ChatMessage::Role::kSystem) continue;
    const Transcript transcript = read_transcript(message.text);
    if (auto name = name_after("your name is", transcript, transcript.tokens)) return *name;
    const Tokens all(transcript.tokens);
    const auto taken = find_phrase("you are called|named?", all);
    if (!taken) continue;
    const Tokens name = name_at_front(all.subspan(*taken));
    if (!name.empty() && name.front().capital) return written_name(transcript, name);
  }
  return "Eva";
}

std::optional<std::string> introduced_name(const Transcript& transcript, Tokens part) {
  for (std::string_view phrase : {"my name is|was", "call me"}) {
    if (auto name = name_after(phrase, transcript, part)) return name;
  }
  for (std::string_view phrase : {"i am", "this is"}) {
    const auto taken = find_phrase(phrase, part);
    if (!taken) continue;
    const Tokens name = name_at_front(part.subspan(*taken));
    const bool ends = !name.empty() && (name.size() + *taken == part.size() ||
                                        name.back().stop != Token::Stop::kNone);
    if (ends && name.front().capital) return written_name(transcript, name);
  }
  return std::nullopt;
}

std::optional<std::string> user_name(std::span<const speech::ChatMessage> conversation) {
  for (auto message = conversation.rbegin(); message != conversation.rend(); ++message) {
    if (message->role != speech::ChatMessage::Role::kUser) continue;
    const Transcript transcript = read_transcript(message->text);
    if (auto name = introduced_name(transcript, transcript.tokens)) return name;
  }
  return std::nullopt;
}

}  // namespace eva::brain
