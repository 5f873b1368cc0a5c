#include "recorder/stabilizer.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <utility>

namespace eva::recorder {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// Small letters, without ASCII punctuation.
std::string comparable(const std::string& word) {
  std::string out;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::ispunct(byte)) continue;
    out += static_cast<char>(std::tolower(byte));
  }
  return out.empty() ? word : out;
}

std::vector<std::string> comparable(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const std::string& word : words) out.push_back(comparable(word));
  return out;
}

void append(std::string& text, const std::string& word) {
  if (!text.empty()) text += ' ';
  text += word;
}

}  // namespace

void Stabilizer::add(std::string_view text, Duration heard) {
  const std::vector<std::string> words = words_of(text);
  std::vector<Word> now;
  bool same = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    now.push_back({comparable(words[i]), heard});
    same = same && i < last_.size() && last_[i].text == now[i].text;
    if (same) now[i].since = last_[i].since;
  }
  // Nothing behind a word that contradicts a committed one counts.
  const bool contradicts =
      held_.size() > now.size() ||
      !std::equal(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(held_.size()),
                  held_.begin(),
                  [](const Word& word, const std::string& held) { return word.text == held; });
  const Duration needed = held_.empty() ? kFirst : kLater;
  while (!contradicts && held_.size() + 1 < now.size() &&
         heard - now[held_.size()].since >= needed) {
    append(committed_text_, words[held_.size()]);
    held_.push_back(now[held_.size()].text);
  }
  tentative_.clear();
  for (std::size_t i = held_.size(); i < words.size(); ++i) append(tentative_, words[i]);
  last_ = std::move(now);
}

bool starts_with_words(std::string_view text, std::string_view prefix) {
  const auto whole = comparable(words_of(text));
  const auto front = comparable(words_of(prefix));
  return front.size() <= whole.size() && std::equal(front.begin(), front.end(), whole.begin());
}

}  // namespace eva::recorder
