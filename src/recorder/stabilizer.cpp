#include "recorder/stabilizer.h"

#include <algorithm>
#include <cctype>
#include <sstream>

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

void Stabilizer::add(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  const std::vector<std::string> now = comparable(words);
  tentative_.clear();
  const std::size_t done = committed_.size();
  if (now.size() >= done && std::equal(committed_.begin(), committed_.end(), now.begin())) {
    std::size_t agreed = done;
    const std::size_t most = std::min(now.empty() ? 0 : now.size() - 1, last_.size());
    while (agreed < most && now[agreed] == last_[agreed]) ++agreed;
    for (std::size_t i = done; i < agreed; ++i) {
      committed_.push_back(now[i]);
      append(committed_text_, words[i]);
    }
    for (std::size_t i = std::max(done, agreed); i < words.size(); ++i) {
      append(tentative_, words[i]);
    }
  }
  last_ = now;
}

bool starts_with_words(std::string_view text, std::string_view prefix) {
  const auto whole = comparable(words_of(text));
  const auto front = comparable(words_of(prefix));
  return front.size() <= whole.size() && std::equal(front.begin(), front.end(), whole.begin());
}

}  // namespace eva::recorder
