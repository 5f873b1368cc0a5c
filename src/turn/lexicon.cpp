#include "turn/lexicon.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace eva::turn {
namespace {

struct BuiltIn {
  std::string_view language;
  std::string_view backchannels;
  std::string_view stops;
};

// What recognisers write for these sounds differs; all spellings seen are listed.
constexpr std::array kBuiltIn{
    BuiltIn{
        "en",
        "uh-huh, uh huh, uhuh, uhhuh, aha, ah, ahh, oh, ooh, mm, mmm, mhm, mm-hmm, mm-hm, hm, "
        "hmm, hmmm, uh, um, er, huh, yeah, yes, yep, yup, ya, okay, ok, 'kay, right, alright, "
        "all right, sure, true, exactly, totally, absolutely, indeed, great, good, nice, cool, "
        "wow, really, oh really, i see, got it, gotcha, i know, of course, makes sense, that's "
        "right, "
        "fair enough, oh my, ha, haha, ha ha, hahaha, heh, hehe",
        "stop, stop it, wait, wait a second, wait a minute, wait a moment, hold on, hang on, "
        "no, no no, nope, excuse me, sorry, pardon, enough, that's enough, pause, quiet, be "
        "quiet, shut up, one moment, one second, just a second, let me stop you, what, why, who, "
        "how, where"},
    BuiltIn{"de",
            "mhm, mh, hm, hmm, aha, ah, ach, ach so, achso, oh, ja, jaja, ja ja, jo, genau, okay, "
            "ok, gut, klar, alles klar, stimmt, richtig, verstehe, ich verstehe, super, schön, "
            "echt, haha",
            "stopp, stop, halt, warte, warten sie, moment, moment mal, einen moment, nein, "
            "entschuldigung, genug, ruhe, pause, sei still"},
    BuiltIn{"es",
            "ajá, aja, mm, mhm, ah, oh, sí, si, ya, claro, vale, bueno, bien, exacto, entiendo, "
            "de acuerdo, ok, okay, jaja",
            "para, pare, espera, espere, un momento, no, perdón, perdona, basta, silencio, alto"},
    BuiltIn{"fr",
            "mm, mhm, hum, ah, oh, oui, ouais, d'accord, ok, okay, bien, très bien, exactement, je "
            "vois, bien sûr, voilà, haha",
            "stop, arrête, arrêtez, attends, attendez, un instant, un moment, non, pardon, "
            "excusez-moi, ça suffit, silence, pause"},
    BuiltIn{"it",
            "mm, mhm, ah, oh, eh, sì, già, certo, va bene, bene, esatto, capisco, ok, okay, haha",
            "ferma, fermati, aspetta, aspetti, un momento, un attimo, no, scusa, scusi, basta"},
    BuiltIn{"nl",
            "mm, mhm, hm, ah, oh, ja, jaja, oké, ok, okay, goed, precies, klopt, ik snap het, "
            "natuurlijk, haha",
            "stop, wacht, wacht even, moment, nee, sorry, genoeg, stil"},
    BuiltIn{"pt",
            "aham, mm, mhm, ah, oh, sim, tá, tá bom, certo, claro, entendi, exato, ok, okay, haha",
            "para, pare, espera, espere, um momento, não, desculpe, chega, silêncio"},
};

// How many words of `words` from `at` on are one of the phrases, the longest; 0 = none.
std::size_t match(const std::vector<Words>& phrases, const Words& words, std::size_t at) {
  std::size_t longest = 0;
  for (const Words& phrase : phrases) {
    if (phrase.size() > longest && at + phrase.size() <= words.size() &&
        std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(at))) {
      longest = phrase.size();
    }
  }
  return longest;
}

bool ends_with(const Words& words, const Words& phrase) {
  return phrase.size() <= words.size() &&
         std::equal(phrase.rbegin(), phrase.rend(), words.rbegin());
}

}  // namespace

std::vector<Words> parse_phrases(std::string_view list) {
  std::vector<Words> phrases;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (Words words = words_of(list.substr(0, comma)); !words.empty()) {
      phrases.push_back(std::move(words));
    }
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return phrases;
}

Lexicon built_in_lexicon(std::string_view language) {
  const bool known = std::ranges::find(kBuiltIn, language, &BuiltIn::language) != kBuiltIn.end();
  Lexicon lexicon;
  for (const BuiltIn& list : kBuiltIn) {
    if (known && list.language != language) continue;
    std::ranges::move(parse_phrases(list.backchannels), std::back_inserter(lexicon.backchannels));
    std::ranges::move(parse_phrases(list.stops), std::back_inserter(lexicon.stops));
  }
  return lexicon;
}

OverlapWords judge_words(std::string_view text, const Lexicon& lexicon) {
  const Words words = words_of(text);
  if (words.empty()) return {};
  const bool stops = match(lexicon.stops, words, 0) > 0 ||
                     std::ranges::any_of(lexicon.stops, [&](const Words& phrase) {
                       return ends_with(words, phrase);
                     });
  int others = 0;
  for (std::size_t i = 0; i < words.size();) {
    const std::size_t covered = match(lexicon.backchannels, words, i);
    if (covered == 0) ++others;
    i += std::max<std::size_t>(covered, 1);
  }
  using Kind = OverlapWords::Kind;
  return {stops ? Kind::kStop : others == 0 ? Kind::kBackchannel : Kind::kSpeech, others};
}

}  // namespace eva::turn
