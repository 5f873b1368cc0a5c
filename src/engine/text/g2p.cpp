#include "engine/text/g2p.h"

#include <algorithm>
#include <optional>

#include "engine/text/builtin_words.h"
#include "engine/text/flite_lexicon.h"
#include "engine/text/normalise.h"
#include "engine/text/phone_map.h"
#include "engine/text/plain_text.h"
#include "engine/text/weak_forms.h"

namespace eva::text {
namespace {

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return text.ends_with(ending); });
}

/// "dog's" is dog and 's.
struct Parts {
  std::string base;
  std::string clitic;  // "'s", "'ll", ... or ""
};

Parts split_clitic(const std::string& word) {
  for (const std::string_view clitic : {"'s", "'ll", "'ve", "'re", "'d", "'m", "n't"}) {
    if (word.size() > clitic.size() && word.ends_with(clitic)) {
      return {word.substr(0, word.size() - clitic.size()), std::string(clitic)};
    }
  }
  return {word, ""};
}

/// The sound of a clitic after `ipa`.
std::string clitic_ipa(std::string_view clitic, std::string_view ipa) {
  if (clitic == "'s") {
    if (ends_with_any(ipa, {"s", "z", "ʃ", "ʒ"})) return "ᵻz";
    return ends_with_any(ipa, {"p", "t", "k", "f", "θ"}) ? "s" : "z";
  }
  if (clitic == "'d") return ends_with_any(ipa, {"t", "d"}) ? "ᵻd" : "d";
  if (clitic == "'m") return "m";
  if (clitic == "'re") return "ɚ";
  if (clitic == "n't") return "ənt";
  const bool after_vowel = ends_with_any(ipa, {"ː", "ɪ", "ʊ", "i", "ə"});
  const std::string consonant = clitic == "'ll" ? "l" : "v";
  return after_vowel ? consonant : "ə" + consonant;
}

std::string without_apostrophes(std::string word) {
  std::erase(word, '\'');
  return word;
}

/// One clause on its way from words to IPA.
class ClauseReader {
 public:
  explicit ClauseReader(const std::vector<SpokenWord>& words) : words_(words) {
    std::vector<std::string> bases;
    bases.reserve(words.size());
    for (const SpokenWord& word : words) {
      parts_.push_back(split_clitic(word.text));
      bases.push_back(without_apostrophes(parts_.back().base));
    }
    sounds_ = look_up(bases);
  }

  std::string run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::string ipa = word_ipa(i);
      if (ipa.empty()) continue;
      if (!out_.empty() && !joins_previous(i)) out_ += ' ';
      out_ += ipa;
      if (words_[i].mark != 0) out_ += words_[i].mark;
    }
    close();
    return std::move(out_);
  }

 private:
  bool has_vowel_at_start(std::size_t i) const {
    if (i >= words_.size()) return false;
    if (words_[i].is_letter()) {
      return std::string_view("aefhilmnorsx").find(words_[i].text.front()) !=
             std::string_view::npos;
    }
    return !sounds_[i].phones.empty() && sounds_[i].phones.front().is_vowel();
  }

  bool is_word(std::size_t i, std::string_view text) const {
    return i < words_.size() && !words_[i].is_letter() && words_[i].text == text;
  }

  std::string word_ipa(std::size_t i) const {
    const SpokenWord& word = words_[i];
    if (word.is_letter()) return spelled_ipa(i);
    if (word.pronunciation != nullptr) return listed_ipa(*word.pronunciation, word.text);
    if (word.text.starts_with('\'')) return clitic_ipa(word.text, out_);

    const bool pause_follows = word.mark != 0;
    const WeakContext context{.vowel_follows = !pause_follows && has_vowel_at_start(i + 1),
                              .is_last = i + 1 == words_.size()};
    if (is_word(i, "on") && is_word(i + 1, "the") && !pause_follows) return "ɔn";
    if (std::optional<std::string> weak = weak_form(word.text, context)) return *weak;
    return full_ipa(i);
  }

  std::string full_ipa(std::size_t i) const {
    const Parts& parts = parts_[i];
    std::string ipa;
    if (const std::optional<std::string> weak = weak_form(parts.base, {});
        weak && !parts.clitic.empty()) {
      ipa = *weak;
    } else if (const Pronunciation* listed = find_builtin(parts.base)) {
      ipa = listed_ipa(*listed, parts.base);
    } else if (const Pronunciation* singular = find_singular(parts.base)) {
      ipa = listed_ipa(*singular, parts.base);
      ipa += clitic_ipa("'s", ipa);
    } else {
      const WordSound& sound = sounds_[i];
      const auto vowels = std::count_if(sound.phones.begin(), sound.phones.end(),
                                        [](const Phone& phone) { return phone.is_vowel(); });
      ipa = to_ipa(parts.base, sound.phones, !sound.function_word || vowels > 1);
    }
    if (!parts.clitic.empty()) ipa += clitic_ipa(parts.clitic, ipa);
    return ipa;
  }

  /// "emails" is listed as "email".
  static const Pronunciation* find_singular(std::string_view base) {
    if (base.size() < 4 || !base.ends_with('s') || base.ends_with("ss")) return nullptr;
    return find_builtin(base.substr(0, base.size() - 1));
  }

  static std::string listed_ipa(const Pronunciation& listed, std::string_view word) {
    if (!listed.ipa.empty()) return listed.ipa;
    return to_ipa(word, listed.phones, true);
  }

  /// Letters in a row form one word; only the last keeps the main stress.
  std::string spelled_ipa(std::size_t i) const {
    std::string ipa = letter_ipa(words_[i].text.front());
    const bool more = i + 1 < words_.size() && words_[i + 1].glued;
    constexpr std::string_view kPrimary = "ˈ";
    if (more) ipa.replace(ipa.find(kPrimary), kPrimary.size(), "ˌ");
    return ipa;
  }

  bool joins_previous(std::size_t i) const {
    if (i == 0 || words_[i - 1].mark != 0) return false;
    if (words_[i].text.starts_with('\'')) return true;
    if (words_[i].glued) return true;
    return is_word(i, "the") &&
           (is_word(i - 1, "of") || is_word(i - 1, "in") || is_word(i - 1, "on"));
  }

  /// The voice was trained on whole sentences: every text ends with a mark.
  void close() {
    if (out_.empty()) return;
    if (out_.back() == ';' || out_.back() == ':') out_.pop_back();
    if (std::string_view(",.?!").find(out_.back()) == std::string_view::npos) out_ += '.';
  }

  const std::vector<SpokenWord>& words_;
  std::vector<Parts> parts_;
  std::vector<WordSound> sounds_;
  std::string out_;
};

}  // namespace

G2p::G2p(Lexicon lexicon) : lexicon_(std::move(lexicon)) {}

std::vector<SpokenWord> G2p::spoken(std::string_view clause) const {
  std::string plain = plain_text(clause);
  std::replace(plain.begin(), plain.end(), '\n', ' ');
  return normalise(plain, lexicon_);
}

std::string G2p::ipa(std::string_view clause) const {
  const std::vector<SpokenWord> words = spoken(clause);
  return ClauseReader(words).run();
}

std::string G2p::words(std::string_view clause) const {
  return to_text(spoken(clause));
}

}  // namespace eva::text
