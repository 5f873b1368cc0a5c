#include "recorder/subtitles.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace eva::recorder {
namespace {

constexpr std::size_t kLine = 42;
constexpr Duration kShortest = 1ms;

std::string clock(Duration time, char separator) {
  const auto ms = to_ms(time);
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     separator, ms % 1000);
}

/// The words with times; those that the recogniser gave, or by the share of their letters.
std::vector<speech::Word> timed_words(const Utterance& utterance) {
  std::vector<speech::Word> words;
  if (!utterance.words.empty()) {
    const Duration length = utterance.end - utterance.start;
    for (speech::Word word : utterance.words) {
      word.start = utterance.start + std::clamp(word.start, Duration{}, length);
      word.end = utterance.start + std::clamp(word.end, Duration{}, length);
      words.push_back(std::move(word));
    }
    return words;
  }
  std::istringstream in(utterance.text);
  std::size_t letters = 0;
  for (std::string word; in >> word;) {
    letters += word.size() + 1;
    words.push_back({.text = word});
  }
  std::size_t before = 0;
  const auto at = [&](std::size_t position) {
    return utterance.start + (utterance.end - utterance.start) *
                                 static_cast<std::int64_t>(position) /
                                 static_cast<std::int64_t>(letters);
  };
  for (speech::Word& word : words) {
    word.start = at(before);
    before += word.text.size() + 1;
    word.end = at(before);
  }
  return words;
}

bool ends_sentence(const std::string& word) {
  return !word.empty() && (word.back() == '.' || word.back() == '?' || word.back() == '!');
}

/// A cue that grows word by word.
class Lines {
 public:
  /// False: no room; nothing was added.
  bool add(const std::string& word) {
    if (text_.empty()) {
      text_ = word;
      line_ = word.size();
      return true;
    }
    if (line_ + 1 + word.size() <= kLine) {
      text_ += ' ' + word;
      line_ += 1 + word.size();
      return true;
    }
    if (second_) return false;
    second_ = true;
    text_ += '\n' + word;
    line_ = word.size();
    return true;
  }
  const std::string& text() const { return text_; }
  /// A cue that ends here is not too short to read.
  bool worth_ending() const { return second_ || line_ > kLine / 2; }

 private:
  std::string text_;
  std::size_t line_ = 0;  // bytes in the last line
  bool second_ = false;
};

}  // namespace

std::vector<Cue> cues_of(const Utterance& utterance) {
  std::vector<Cue> cues;
  Lines lines;
  Cue cue;
  const auto close = [&] {
    if (lines.text().empty()) return;
    cue.text = lines.text();
    cue.end = std::max(cue.end, cue.start + kShortest);
    cues.push_back(cue);
    lines = {};
  };
  Duration last = utterance.start;
  for (const speech::Word& word : timed_words(utterance)) {
    if (!lines.add(word.text)) {
      close();
      lines.add(word.text);
    }
    last = std::max(last, word.start);
    if (lines.text() == word.text)
      cue.start = cues.empty() ? last : std::max(last, cues.back().end);
    last = cue.end = std::max(last, word.end);
    if (ends_sentence(word.text) && lines.worth_ending()) close();
  }
  close();
  return cues;
}

std::string srt_cue(int number, const Cue& cue) {
  return fmt::format("{}\n{} --> {}\n{}\n\n", number, clock(cue.start, ','), clock(cue.end, ','),
                     cue.text);
}

std::string vtt_head() {
  return "WEBVTT\n\n";
}

std::string vtt_cue(const Cue& cue) {
  std::string text;
  for (const char c : cue.text) {  // what would begin a tag or an entity
    text += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return fmt::format("{} --> {}\n{}\n\n", clock(cue.start, '.'), clock(cue.end, '.'), text);
}

}  // namespace eva::recorder
