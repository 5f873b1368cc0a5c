#include "brain/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "brain/arithmetic.h"
#include "brain/calendar.h"
#include "brain/clauses.h"
#include "brain/intents.h"
#include "brain/names.h"
#include "brain/number_words.h"
#include "brain/pattern.h"
#include "brain/text.h"

namespace eva::brain {
namespace {

constexpr std::size_t kAgainCharactersMax = 600;
constexpr std::size_t kQuoteCharactersMax = 200;
constexpr std::int64_t kCountMax = 100;  // numbers in one answer
constexpr std::size_t kSpellMax = 30;    // letters in one answer

constexpr std::string_view kConnecting =
    "Set llm url in eva dot toml. Give it the address of a server that speaks the OpenAI chat "
    "protocol, on this machine or elsewhere. Then start me again.";

using speech::ChatMessage;

std::string with_name(const Scene& scene, std::string_view greeting) {
  return scene.user ? fmt::format("{}, {}.", greeting, *scene.user) : fmt::format("{}.", greeting);
}

// --- sums ---

// A sum counts as asked for if it opens the clause or follows a word of asking. What follows "past"
// or "to" is a time of day.
bool asked_for(const Scene& scene, Tokens clause, std::size_t first) {
  if (first > 0 && find_phrase("^past|to", clause.subspan(first - 1))) return false;
  return first <= opening_words(clause, scene.called) ||
         find_phrase(
             "what|how|much|calculate|compute|solve|evaluate|is|are|tell|know|figure|out|"
             "give|get|about|then",
             clause.first(first));
}

// The sum as it was said, with signs in words; "" where that would not read well.
std::string restated(const Transcript& heard, Tokens sum) {
  std::string words;
  for (const Token& token : sum) {
    std::string_view word = token.text;
    if (token.kind == Token::Kind::kNumber) word = heard.written(Tokens(&token, 1));
    if (token.kind == Token::Kind::kSign) {
      switch (token.text[0]) {
        case '+':
          word = "plus";
          break;
        case '-':
          word = "minus";
          break;
        case '*':
          word = "times";
          break;
        case '/':
          word = "divided by";
          break;
        case '^':
          word = "to the power of";
          break;
        case '%':
          word = "percent";
          break;
        default:
          return "";
      }
    }
    if (word == "x") word = "times";
    words += (words.empty() ? "" : " ") + std::string(word);
  }
  constexpr std::size_t kReadable = 80;
  return words.size() <= kReadable ? capitalised(std::move(words)) : "";
}

std::string calculated(const Transcript& heard, Tokens sum, const Calculation& calculation) {
  if (!calculation.value) {
    return calculation.value.error() == NoResult::kDivisionByZero
               ? "That has no result. Nothing can be divided by zero."
               : "That has no result among the real numbers.";
  }
  const std::string value = spoken(*calculation.value);
  if (value.empty()) return "That is too big for me.";
  std::string subject;
  if (calculation.noun && !calculation.misheard) subject = restated(heard, sum);
  if (subject.empty()) subject = "That";
  return fmt::format("{} is {}{}.", subject, value, calculation.percent ? " percent" : "");
}

// All sums of a clause ("... and three plus three").
std::optional<std::string> sums(const Scene& scene, Tokens clause) {
  std::string text;
  for (Tokens rest = clause; !rest.empty();) {
    const auto found = find_calculation(rest);
    if (!found || (text.empty() && !asked_for(scene, clause, found->first))) break;
    const Tokens after = rest.subspan(found->first + found->count);
    if (found->misheard && !after.empty()) break;  // "three for me" is no product
    text += (text.empty() ? "" : " ") +
            calculated(scene.heard, rest.subspan(found->first, found->count), *found);
    rest = after;
  }
  return text.empty() ? std::nullopt : std::optional(text);
}

// --- counting and spelling ---

// Ten numbers make a sentence.
std::string count(std::int64_t from, std::int64_t to) {
  std::string text;
  if (std::abs(to - from) >= kCountMax) {
    to = from < to ? from + kCountMax - 1 : from - kCountMax + 1;
    text = fmt::format("I will stop at {}. ", number_words(to));
  }
  const std::int64_t step = from <= to ? 1 : -1;
  bool opens = true;
  for (std::int64_t i = from;; i += step) {
    text += opens ? capitalised(number_words(i)) : number_words(i);
    opens = i % 10 == 0 && i != from;
    if (i == to) return text + '.';
    text += opens ? ". " : ", ";
  }
}

constexpr std::int64_t kCountableMax = 1'000'000;

std::optional<std::int64_t> countable(Tokens tokens, std::size_t& taken) {
  const auto number = read_number_misheard(tokens);
  if (!number) return std::nullopt;
  taken = number->tokens;
  const auto whole = number->value.whole();
  return whole && *whole <= kCountableMax ? whole : std::nullopt;
}

std::string count_as_asked(Intent intent, Tokens rest) {
  std::size_t taken = 0;
  const auto first = countable(rest, taken);
  if (!first) return "I count in whole numbers. Tell me how far, for example to ten.";
  rest = rest.subspan(taken);
  const auto to = find_phrase("^down|up? to|till|until|2|two", rest);
  const auto last = to ? countable(rest.subspan(*to), taken) : std::nullopt;
  if (last) return count(*first, *last);
  const std::int64_t one = std::min<std::int64_t>(1, *first);
  switch (intent) {
    case Intent::kCountDown:
      return count(*first, one);
    case Intent::kCountBetween:
      return count(*first, *first + 9);
    default:
      return count(one, *first);
  }
}

// What follows "spell" or "how many letters": the words meant, without those around them.
Tokens object_of(Tokens rest) {
  constexpr std::string_view kBefore =
      "^are|is|there|in|does|do|has|of|the|word|words|name|it|for|me|time|times|appear|appears";
  constexpr std::string_view kAfter =
      "have|has|contain|got|please|there|for|me|us|backwards|backward|reverse|in|out|aloud|loud|"
      "slowly";
  while (rest.size() > 1 && find_phrase(kBefore, rest.first(1))) rest = rest.subspan(1);
  while (rest.size() > 1 && find_phrase(kAfter, rest.last(1))) rest = rest.first(rest.size() - 1);
  return rest.first(std::min<std::size_t>(rest.size(), 3));
}

// The same, with "my name" and "your name" looked up.
std::string word_meant(const Scene& scene, Tokens rest) {
  const Tokens object = object_of(rest);
  if (find_phrase("your name", rest)) return scene.assistant;
  if (find_phrase("my name", rest)) return scene.user.value_or("");
  if (object.size() == 1 && object.front().kind == Token::Kind::kNumber) {
    const auto whole = Number::from_digits(object.front().text).whole();
    if (whole) return number_words(*whole);
  }
  std::string word(scene.heard.written(object));
  if (word.ends_with("'s")) word.resize(word.size() - 2);
  return word;
}

std::string letters_of(std::string_view word) {
  std::string letters;
  for (char c : word) {
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    if (c >= 'A' && c <= 'Z') letters += c;
  }
  return letters;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string spelled(std::string_view word, bool backwards = false) {
  std::string letters = letters_of(word);
  if (letters.empty() || !is_ascii(word)) return "I spell English words. Tell me which one.";
  if (letters.size() > kSpellMax) return "That is too long for me to spell.";
  if (backwards) std::ranges::reverse(letters);
  std::string text;
  for (char letter : letters) text += (text.empty() ? "" : ", ") + std::string(1, letter);
  return fmt::format("{} is spelled {}{}.", capitalised(std::string(word)), text,
                     backwards ? " backwards" : "");
}

std::string letter_total(std::string_view word) {
  if (word == "alphabet" || word == "English alphabet") return "The alphabet has 26 letters.";
  const std::size_t total = letters_of(word).size();
  if (total == 0 || total > kSpellMax || !is_ascii(word)) {
    return "I count the letters of English words. Tell me which one.";
  }
  return fmt::format("{} has {} letter{}.", capitalised(std::string(word)), total,
                     total == 1 ? "" : "s");
}

// "how many R's are in strawberry"; `rest` begins with the letter.
std::optional<std::string> letter_count(const Scene& scene, Tokens rest) {
  if (rest.size() < 2) return std::nullopt;
  const std::string& letter = rest.front().text;
  const bool plural = letter.size() == 2 && letter[1] == 's';
  if (!(letter.size() == 1 || plural) || letter[0] < 'a' || letter[0] > 'z') return std::nullopt;
  const std::string word = word_meant(scene, rest.subspan(1));
  const std::string letters = letters_of(word);
  if (letters.empty() || letters.size() > kSpellMax) return std::nullopt;
  const char upper = static_cast<char>(letter[0] - 'a' + 'A');
  const auto total = std::ranges::count(letters, upper);
  if (total == 0) return fmt::format("There is no {} in {}.", upper, word);
  return fmt::format("{} has the letter {} {}.", capitalised(word), upper,
                     total == 1   ? "once"
                     : total == 2 ? "twice"
                                  : fmt::format("{} times", total));
}

// --- the conversation itself ---

std::string said_before(const Scene& scene) {
  const ChatMessage* last = last_of(scene.before, ChatMessage::Role::kAssistant);
  const std::string text = last ? cut_at_word(clean_utf8(last->text), kAgainCharactersMax) : "";
  const bool words = text.find_first_not_of(' ') != std::string::npos;
  return words ? as_sentence(text) : "I have not said anything yet.";
}

std::string heard_before(const Scene& scene) {
  const ChatMessage* last = last_of(scene.before, ChatMessage::Role::kUser);
  if (!last) return "Nothing before that. These were your first words to me.";
  return fmt::format("You said: {}",
                     as_sentence(cut_at_word(clean_utf8(last->text), kQuoteCharactersMax)));
}

std::string greeting(const Scene& scene) {
  if (last_of(scene.before, ChatMessage::Role::kAssistant)) return with_name(scene, "Hello again");
  return fmt::format(
      "{} I am {}, with a small built-in brain that works offline. Ask me what I can do.",
      with_name(scene, "Hello"), scene.assistant);
}

std::string users_name(const Scene& scene, Tokens clause) {
  if (!scene.user) return "I do not know your name yet.";
  if (find_phrase("spell", clause)) return spelled(*scene.user);
  return fmt::format("Your name is {}.", *scene.user);
}

Answer real(std::string text) {
  return {std::move(text), Answer::Weight::kReal};
}
Answer light(std::string text) {
  return {std::move(text), Answer::Weight::kLight};
}

std::optional<Answer> answer_request(const Scene& scene, Tokens clause, const Request& request) {
  const std::string& name = scene.assistant;
  switch (request.intent) {
    case Intent::kEmergency:
      return Answer{"I cannot call for help. Call your local emergency number now.",
                    Answer::Weight::kUrgent};
    case Intent::kPardon:
      return light(last_of(scene.before, ChatMessage::Role::kAssistant) ? said_before(scene)
                                                                        : "Yes, I hear you.");
    case Intent::kSayAgain:
      return real(said_before(scene));
    case Intent::kWhatDidISay:
      return real(heard_before(scene));
    case Intent::kUserName:
      return real(users_name(scene, clause));
    case Intent::kAssistantName:
      return real(fmt::format("My name is {}.", name));
    case Intent::kWhoAreYou:
      return real(
          fmt::format("I am {}. I am a small built-in brain that works offline, not a "
                      "language model.",
                      name));
    case Intent::kAboutYourself:
      return real(fmt::format(
          "I am {}. I am a voice assistant, and right now I think with a small built-in brain of "
          "fixed rules. It tells the time and the date, does sums, counts, spells and repeats what "
          "you say, all of it offline. It is not a language model, but you can connect one, and "
          "then we can talk about anything.",
          name));
    case Intent::kAreYouHuman:
      return real("No, I am a program.");
    case Intent::kAreYouModel:
      return real(
          "I am a program, but not a language model. My answers follow a small set of "
          "fixed rules.");
    case Intent::kMaker:
      return real("I am part of the Eva project. All my answers were written down beforehand.");
    case Intent::kCountDown:
    case Intent::kCountBetween:
    case Intent::kCountTo:
      return real(count_as_asked(request.intent, request.rest));
    case Intent::kSpell:
      return real(spelled(word_meant(scene, request.rest),
                          find_phrase("backwards|backward|reverse", request.rest).has_value()));
    case Intent::kLettersIn:
      return real(letter_total(word_meant(scene, request.rest)));
    case Intent::kLetterCount: {
      auto text = letter_count(scene, request.rest);
      return text ? std::optional(real(std::move(*text))) : std::nullopt;
    }
    case Intent::kAlphabet:
      return real("A, B, C, D, E, F, G. H, I, J, K, L, M, N. O, P, Q, R, S, T, U. V, W, X, Y, Z.");
    case Intent::kHow: {
      const ChatMessage* last = last_of(scene.before, ChatMessage::Role::kAssistant);
      if (!last || !(last->text.ends_with("Ask me how.") || last->text.contains("llm url"))) {
        return std::nullopt;
      }
      return real(std::string(kConnecting));
    }
    case Intent::kConnect:
      return real(std::string(kConnecting));
    case Intent::kAbilities:
      return real(
          "Small things. I tell the time and the date, do sums, count, spell, and repeat "
          "after you. For anything else, connect a real model. Ask me how.");
    case Intent::kJoke:
      return real("I have no jokes. But I can count to one hundred without a mistake.");
    case Intent::kInvention:
      return real(
          "I cannot make things up. That takes a language model. But I can repeat after you.");
    case Intent::kChance:
      return real("I cannot do chance. Everything I say follows from what I hear.");
    case Intent::kNews:
      return real("I cannot know that. I work offline, without news or weather.");
    case Intent::kDeed:
      return real("I cannot do that. I only answer when I am spoken to.");
    case Intent::kLanguages:
      return real("I only know English.");
    case Intent::kWhere:
      return real("I am a program. I run on the server that you are talking to.");
    case Intent::kAge:
      return real("I have no age. I am a program.");
    case Intent::kHowAreYou:
      return real("I am running well, thank you.");
    case Intent::kHearing:
      return real("Yes, I hear you.");
    case Intent::kAlwaysListening:
      return real("I only hear what is sent to me while we are connected.");
    case Intent::kWrong:
      return real("Sorry. I am a small program of fixed rules, and I make mistakes.");
    case Intent::kGreeting:
      return light(greeting(scene));
    case Intent::kThanks:
      return light(with_name(scene, "You are welcome"));
    case Intent::kFarewell:
      return light(with_name(scene, "Goodbye"));
    case Intent::kNiceToMeet:
      return light("Nice to meet you too.");
    case Intent::kWish:
      return light("Thank you.");
    case Intent::kGoAhead:
      return light("Go ahead.");
    case Intent::kUnfinished:
      return light("That sounded unfinished. Please say all of it again.");
    case Intent::kAcknowledge:
      return light("All right.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Answer> answer(const Scene& scene, Tokens clause) {
  if (const auto said = name_statement(scene.heard, clause)) {
    return real(fmt::format("{} {}.",
                            said->denied ? "All right, I will not call you" : "Nice to meet you,",
                            said->name));
  }
  // The clause, and what is left of it without the words around the request.
  const Tokens open = clause.first(clause.size() - closing_words(clause, scene.called));
  const Tokens core = open.subspan(opening_words(open, scene.called));
  const Tokens asked = core.subspan(asking_words(core));
  if (forbids(core)) return light("All right.");
  if (auto text = sums(scene, clause)) return real(std::move(*text));
  for (const Tokens part : {open, core, asked}) {
    if (part.empty()) continue;
    if (auto text = calendar_answer(part, scene.local)) return real(std::move(*text));
  }
  for (const Tokens part : {clause, open, core, asked}) {
    if (part.empty()) continue;
    if (auto request = recognise(part)) return answer_request(scene, part, *request);
  }
  if (!core.empty()) return std::nullopt;
  if (find_phrase("can|could|would|will you?$", clause)) {
    return answer_request(scene, clause, {Intent::kUnfinished, core});
  }
  const bool greets =
      find_phrase("hey|hi|hello|hiya|howdy|morning|afternoon|evening|day", clause) ||
      clause.front().text == scene.called;
  return answer_request(scene, clause, {greets ? Intent::kGreeting : Intent::kAcknowledge, core});
}

const ChatMessage* last_of(std::span<const ChatMessage> conversation, ChatMessage::Role role) {
  for (auto message = conversation.rbegin(); message != conversation.rend(); ++message) {
    if (message->role == role) return &*message;
  }
  return nullptr;
}

}  // namespace eva::brain
