#include "engine/text/spoken.h"

#include "engine/text/scan.h"

namespace eva::text {

void Spoken::say(std::string_view words) {
  std::size_t begin = 0;
  while (begin < words.size()) {
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    if (end > begin) {
      words_.push_back({.text = std::string(words.substr(begin, end - begin))});
    }
    begin = end + 1;
  }
}

void Spoken::spell(std::string_view letters) {
  bool glued = false;
  for (const char c : letters) {
    if (!is_letter(c)) continue;
    words_.push_back(
        {.kind = SpokenWord::Kind::kLetter, .text = std::string(1, to_lower(c)), .glued = glued});
    glued = true;
  }
}

void Spoken::say(std::string_view word, const Pronunciation* pronunciation) {
  words_.push_back({.text = lower(word), .pronunciation = pronunciation});
}

void Spoken::mark(char mark) {
  if (words_.empty()) return;
  char& last = words_.back().mark;
  if (last == 0 || mark == '?' || mark == '!') last = mark;
}

std::string to_text(const std::vector<SpokenWord>& words) {
  std::string out;
  for (const SpokenWord& word : words) {
    if (!out.empty() && !word.text.starts_with('\'')) out += ' ';
    if (word.is_letter()) {
      out += static_cast<char>(word.text.front() - 'a' + 'A');
    } else {
      out += word.text;
    }
    if (word.mark != 0) out += word.mark;
  }
  return out;
}

}  // namespace eva::text
