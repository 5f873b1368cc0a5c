#include "brain/brain.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "brain/answers.h"
#include "brain/clauses.h"
#include "brain/names.h"
#include "brain/repeat.h"
#include "brain/text.h"
#include "brain/tokens.h"

namespace eva::brain {
namespace {

using speech::ChatMessage;

constexpr std::size_t kAnswersMax = 4;  // of one turn; more is a lecture
constexpr std::size_t kRepeatCharactersMax = 600;
constexpr std::size_t kQuoteWordsMax = 8;
constexpr std::size_t kQuoteCharactersMax = 80;

// How the brain says that it has no answer, in turn. The quotation shows that hearing works.
struct NoAnswer {
  std::string_view opening;  // each unlike the others: the next turn finds by it where we are
  std::string_view rest;
};
constexpr NoAnswer kNoAnswers[] = {
    {"I heard",
     "I am only the built-in offline brain, so I cannot answer that. To connect a real "
     "model, set llm url in eva dot toml."},
    {"You said", "That is beyond me. I can tell the time, do sums, and repeat after you."},
    {"I caught", "I have no answer, because I am not a language model."},
    {"Your words were",
     "Only a real model could answer that. Set llm url in eva dot toml to connect "
     "one."},
    {"That sounded like", "I know nothing about it. Try seven times eight, or the date."},
    {"My ears tell me", "My offline brain has no answer to that. Ask me what I can do."},
};

std::size_t next_no_answer(std::span<const ChatMessage> before) {
  for (auto message = before.rbegin(); message != before.rend(); ++message) {
    if (message->role != ChatMessage::Role::kAssistant) continue;
    for (std::size_t i = 0; i < std::size(kNoAnswers); ++i) {
      if (message->text.starts_with(fmt::format("{} \"", kNoAnswers[i].opening))) {
        return (i + 1) % std::size(kNoAnswers);
      }
    }
  }
  return 0;
}

std::string no_answer(std::span<const ChatMessage> before, const Transcript& heard) {
  const Tokens all(heard.tokens);
  const auto foreign = std::ranges::count_if(all, [](const Token& token) {
    return std::ranges::any_of(token.text,
                               [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  });
  if (static_cast<std::size_t>(foreign) * 2 > all.size()) {
    return "I only know English. So I did not understand that.";
  }
  const Tokens first = all.first(std::min(all.size(), kQuoteWordsMax));
  std::string quote = cut_at_word(heard.written(first), kQuoteCharactersMax);
  std::erase(quote, '"');
  const auto& [opening, rest] = kNoAnswers[next_no_answer(before)];
  return fmt::format("{} \"{}\"{}. {}", opening, quote,
                     first.size() < all.size() ? ", and so on" : "", rest);
}

std::string repeated(std::string_view words) {
  return as_sentence(cut_at_word(words, kRepeatCharactersMax));
}

// Was the turn before this one a bare "repeat after me"?
bool asked_to_repeat(std::span<const ChatMessage> before, std::string_view assistant) {
  const ChatMessage* last = last_of(before, ChatMessage::Role::kUser);
  if (!last) return false;
  const auto request = find_repeat_request(read_transcript(last->text), assistant);
  return request && request->words.empty();
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return text;
}

void add(std::string& text, std::string_view sentence) {
  if (text.find(sentence) != std::string::npos) return;  // asked twice, told once
  text += (text.empty() ? "" : " ") + std::string(sentence);
}

}  // namespace

std::string reply(std::span<const ChatMessage> conversation, const std::tm& local) {
  const std::string name = assistant_name(conversation);
  const ChatMessage* message = last_of(conversation, ChatMessage::Role::kUser);
  if (!message) return fmt::format("Hello. I am {}. Ask me what I can do.", name);

  const Transcript heard = read_transcript(message->text);
  if (heard.tokens.empty()) return "I did not hear any words.";
  const auto before = conversation.first(static_cast<std::size_t>(message - conversation.data()));
  const std::string called = lower(name);
  const auto repeat = find_repeat_request(heard, called);
  if (!repeat && asked_to_repeat(before, called)) return repeated(heard.source);

  const auto user = user_name(conversation);
  const Scene scene{before, heard, local, name, called, user};
  const Tokens questions = Tokens(heard.tokens).first(repeat ? repeat->first : heard.tokens.size());
  std::string answers;
  std::string courtesies;
  bool understood = true;
  std::size_t count = 0;
  for (const Tokens clause : split_clauses(questions)) {
    if (count == kAnswersMax) break;
    const auto found = answer(scene, clause);
    understood = understood && found;
    if (!found) continue;
    if (found->weight == Answer::Weight::kUrgent) return found->text;
    add(found->weight == Answer::Weight::kLight ? courtesies : answers, found->text);
    ++count;
  }
  if (repeat)
    add(answers, repeat->words.empty() ? "What should I repeat?" : repeated(repeat->words));
  if (!answers.empty()) return answers;
  if (understood && !courtesies.empty()) return courtesies;
  return no_answer(before, heard);
}

}  // namespace eva::brain
