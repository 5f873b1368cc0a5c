#include "brain/repeat.h"

#include <algorithm>

#include "brain/clauses.h"
#include "brain/pattern.h"

namespace eva::brain {
namespace {

// Clear wherever they stand.
constexpr std::string_view kAnywhere[] = {
    "repeat|repeats|repeated|repeating after|of|off me|be|my|we|this? please?",
    "repeat|say the following words|word|sentence|phrase|text?",
    "repeat|say these|this words|word|sentence|phrase",
    "repeat|say the words|word|sentence|phrase",
    "repeat this",
};
// Only where a request begins.
constexpr std::string_view kAtStart[] = {"^say", "^repeat"};
// After "say" or "repeat": something else is meant.
constexpr std::string_view kNoWords[] = {
    "^$",
    "^that|it|no|nothing|again|yourself|please|what|something|anything|everything|once|one|your|my|"
    "if|when",
    "^the|a|an alphabet|time|date|day|joke|story|poem|last|same",
};

// "Don't repeat after me."
bool denied(Tokens before) {
  while (!before.empty() && before.back().stop != Token::Stop::kSentence) {
    if (find_phrase("^not|never|stop", before.last(1))) return true;
    before = before.first(before.size() - 1);
  }
  return false;
}

std::string rest_of(const Transcript& transcript, std::size_t taken) {
  std::string_view rest =
      std::string_view(transcript.source).substr(transcript.tokens[taken - 1].end);
  while (!rest.empty() &&
         std::string_view(" ,.:;!?-'\"").find(rest.front()) != std::string_view::npos) {
    rest.remove_prefix(1);
  }
  while (!rest.empty() && std::string_view(" \"").find(rest.back()) != std::string_view::npos) {
    rest.remove_suffix(1);
  }
  return std::string(rest);
}

}  // namespace

std::optional<RepeatRequest> find_repeat_request(const Transcript& transcript,
                                                 std::string_view assistant) {
  const Tokens all(transcript.tokens);
  for (std::size_t first = 0; first < all.size(); ++first) {
    if (denied(all.first(first))) continue;
    const Tokens rest = all.subspan(first);
    for (std::string_view phrase : kAnywhere) {
      const auto taken = find_phrase(std::string("^") += phrase, rest);
      if (taken) return RepeatRequest{first, rest_of(transcript, first + *taken)};
    }
  }
  for (std::size_t first = 0; first < all.size(); ++first) {
    if (first > 0 && all[first - 1].stop != Token::Stop::kSentence) continue;
    const std::size_t start = first + opening_words(all.subspan(first), assistant);
    for (std::string_view phrase : kAtStart) {
      const auto taken = find_phrase(phrase, all.subspan(start));
      if (!taken) continue;
      const Tokens words = all.subspan(start + *taken);
      const bool other = std::ranges::any_of(
          kNoWords, [&](std::string_view no) { return find_phrase(no, words).has_value(); });
      if (!other) return RepeatRequest{first, rest_of(transcript, start + *taken)};
    }
  }
  return std::nullopt;
}

}  // namespace eva::brain
