#include "engine/text/phone_map.h"

#include <array>
#include <cstdlib>
#include <vector>

#include "engine/text/stress.h"

namespace eva::text {
namespace {

struct Mapping {
  std::string_view phone;
  const char* ipa;
};
constexpr std::array<Mapping, 24> kConsonants = {
    {{"b", "b"},  {"ch", "tʃ"}, {"d", "d"}, {"dh", "ð"}, {"f", "f"},  {"g", "ɡ"},
     {"hh", "h"}, {"jh", "dʒ"}, {"k", "k"}, {"l", "l"},  {"m", "m"},  {"n", "n"},
     {"ng", "ŋ"}, {"p", "p"},   {"r", "ɹ"}, {"s", "s"},  {"sh", "ʃ"}, {"t", "t"},
     {"th", "θ"}, {"v", "v"},   {"w", "w"}, {"y", "j"},  {"z", "z"},  {"zh", "ʒ"}}};
/// Vowels whose sound does not depend on their surroundings.
constexpr std::array<Mapping, 11> kPlainVowels = {{{"aa", "ɑː"},
                                                   {"ae", "æ"},
                                                   {"ah", "ʌ"},
                                                   {"aw", "aʊ"},
                                                   {"ay", "aɪ"},
                                                   {"eh", "ɛ"},
                                                   {"ey", "eɪ"},
                                                   {"ow", "oʊ"},
                                                   {"oy", "ɔɪ"},
                                                   {"uh", "ʊ"},
                                                   {"uw", "uː"}}};
constexpr std::array<const char*, 26> kLetters = {
    "ˈeɪ",   "bˈiː", "sˈiː", "dˈiː", "ˈiː",       "ˈɛf",  "dʒˈiː", "ˈeɪtʃ", "ˈaɪ",
    "dʒˈeɪ", "kˈeɪ", "ˈɛl",  "ˈɛm",  "ˈɛn",       "ˈoʊ",  "pˈiː",  "kjˈuː", "ˈɑːɹ",
    "ˈɛs",   "tˈiː", "jˈuː", "vˈiː", "dˈʌbəljuː", "ˈɛks", "wˈaɪ",  "zˈiː"};

template <std::size_t N>
const char* find(const std::array<Mapping, N>& table, std::string_view phone) {
  for (const Mapping& mapping : table) {
    if (mapping.phone == phone) return mapping.ipa;
  }
  return nullptr;
}

bool is_vowel_letter(char c) {
  return std::string_view("aeiouy").find(c) != std::string_view::npos;
}

/// The letter that spells each vowel sound; empty when spelling and sounds do not align.
std::vector<char> vowel_letters(std::string_view word, std::size_t syllables) {
  std::vector<char> letters;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool consonant =
        (word[i] == 'y' && i == 0) || (word[i] == 'u' && i > 0 && word[i - 1] == 'q');
    if (!is_vowel_letter(word[i]) || consonant) continue;
    letters.push_back(word[i]);
    while (i + 1 < word.size() && is_vowel_letter(word[i + 1])) ++i;
  }
  if (letters.size() == syllables + 1 && word.size() > 2 && word.ends_with('e')) letters.pop_back();
  if (letters.size() != syllables) letters.clear();
  return letters;
}

/// One word on its way to IPA.
class WordMapper {
 public:
  WordMapper(std::string_view word, std::span<const Phone> phones, bool stressed)
      : word_(word), phones_(phones), stressed_(stressed) {
    for (const Phone& phone : phones) {
      if (phone.is_vowel()) ++syllables_;
    }
    primary_ = primary_syllable(word, phones);
    if (primary_ < 0 && stressed) primary_ = first_full_syllable(phones);
    letters_ = vowel_letters(word, static_cast<std::size_t>(syllables_));
  }

  std::string run() {
    for (at_ = 0; at_ < phones_.size(); ++at_) {
      if (phones_[at_].is_vowel()) {
        out_ += mark();
        out_ += vowel();
        ++syllable_;
      } else {
        consonant();
      }
    }
    return std::move(out_);
  }

 private:
  std::string_view phone(std::size_t ahead) const {
    return at_ + ahead < phones_.size() ? std::string_view(phones_[at_ + ahead].name) : "";
  }
  bool vowel_ahead(std::size_t ahead) const {
    return at_ + ahead < phones_.size() && phones_[at_ + ahead].is_vowel();
  }
  bool is_last(std::size_t ahead = 0) const { return at_ + ahead + 1 == phones_.size(); }
  bool ends(std::string_view ending) const {
    return word_.size() > ending.size() && word_.ends_with(ending);
  }
  bool spelled_with(std::string_view part) const { return word_.find(part) != word_.npos; }

  bool is_stressed() const {
    if (syllables_ == 1 && !stressed_) return phones_[at_].stress != 0;
    return phones_[at_].stress != 0 || syllable_ == primary_;
  }

  const char* mark() const {
    if (syllables_ == 1) return stressed_ ? "ˈ" : "";
    if (syllable_ == primary_) return "ˈ";
    if (phones_[at_].stress == 2) return "ˌ";
    // Flite's second mark right beside the main one is not heard: laptop, nineteen.
    return phones_[at_].stress == 1 && std::abs(syllable_ - primary_) > 1 ? "ˌ" : "";
  }

  void consonant() {
    if (phone(0) == "t" && at_ > 0 && next_vowel_is_unstressed()) {
      const Phone& before = phones_[at_ - 1];
      const bool glottal = phone(1) == "ax" && phone(2) == "n" && is_last(2) && before.is_vowel() &&
                           (ends("ten") || ends("ton") || ends("tain"));
      if (glottal) {  // mountain, button
        out_ += "ʔn\u0329";
        at_ += 2;
        ++syllable_;
        return;
      }
      if (before.is_vowel() || before.name == "r") {  // city, party
        out_ += "ɾ";
        return;
      }
    }
    if (const char* ipa = find(kConsonants, phone(0))) out_ += ipa;
  }

  bool next_vowel_is_unstressed() const {
    return vowel_ahead(1) && phones_[at_ + 1].stress == 0 && syllable_ != primary_;
  }

  std::string vowel() const {
    const std::string_view name = phone(0);
    if (const char* plain = find(kPlainVowels, name)) return plain;
    if (name == "ao") return open_o();
    if (name == "er") return std::string(is_stressed() ? "ɜː" : "ɚ") + (vowel_ahead(1) ? "ɹ" : "");
    if (name == "iy") return long_i();
    if (name == "ih") return short_i();
    return schwa();
  }

  const char* open_o() const {
    const std::string_view next = phone(1);
    if (next == "r") {
      for (const std::string_view long_spelling : {"ore", "our", "oor", "oar", "por"}) {
        if (spelled_with(long_spelling)) return "oː";
      }
    }
    return next == "f" || next == "s" || next == "th" || next == "ng" ? "ɔ" : "ɔː";
  }

  const char* long_i() const {
    if (is_stressed()) return "iː";
    if (is_last() && ends("day")) return "eɪ";
    return is_last() || vowel_ahead(1) || is_last(1) ? "i" : "iː";
  }

  const char* short_i() const {
    if (is_stressed()) return "ɪ";
    const std::string_view next = phone(1);
    if (is_last(1) && (next == "d" || next == "z")) return "ᵻ";
    if (syllable_ == 0 && syllables_ > 1) {
      for (const std::string_view prefix : {"be", "de", "re"}) {
        if (word_.starts_with(prefix)) return "ᵻ";
      }
    }
    if (at_ == 0 && word_.starts_with('e')) {
      if (next == "l") return "ᵻ";
      if (next == "g" || next == "k") return "ɛ";
    }
    return "ɪ";
  }

  const char* schwa() const {
    const std::string_view next = phone(1);
    if (at_ == 0 && word_.starts_with('a')) return "ɐ";
    if (at_ == 0 && word_.starts_with('u')) return "ʌ";
    if (is_last(1) && next == "d" && (ends("ted") || ends("ded"))) return "ᵻ";
    if (is_last(1) && next == "z" && ends("es")) return "ᵻ";
    if (next == "t" && phone(2) == "iy" && (ends("ity") || ends("ities"))) return "ᵻ";
    if (is_last(1) && next == "t") {
      if (ends("ate") || ends("ite")) return "ᵻ";
      if (ends("et") || ends("it") || ends("ute")) return "ɪ";
    }
    if (is_last(2) && next == "t" && phone(2) == "s" &&
        (ends("ets") || ends("its") || ends("utes"))) {
      return "ɪ";
    }
    if (is_last(1) && next == "n" && ends("ain")) return "ɪ";
    if (next == "jh" && (ends("age") || ends("ages"))) return "ɪ";
    if (next == "n" && phone(2) == "jh" && spelled_with("nge")) return "ɪ";
    if (next == "s" && ends("ice")) return "ɪ";
    const bool spelled_i =
        !letters_.empty() && letters_[static_cast<std::size_t>(syllable_)] == 'i';
    return next != "l" && next != "n" && at_ != 0 && spelled_i ? "ɪ" : "ə";
  }

  // given
  std::string_view word_;
  std::span<const Phone> phones_;
  bool stressed_;
  // derived once
  int syllables_ = 0;
  int primary_ = -1;
  std::vector<char> letters_;
  // where run() is
  std::size_t at_ = 0;
  int syllable_ = 0;
  std::string out_;
};

}  // namespace

std::string to_ipa(std::string_view word, std::span<const Phone> phones, bool stressed) {
  return WordMapper(word, phones, stressed).run();
}

std::string letter_ipa(char letter) {
  return kLetters[static_cast<std::size_t>(letter - 'a')];
}

}  // namespace eva::text
