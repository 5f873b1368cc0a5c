#include "sim/coded_speech.h"

#include <algorithm>

#include "base/check.h"

namespace eva::sim {
namespace {
constexpr int kBase = 2000;
constexpr int kStep = 50;
constexpr std::int16_t kCough = 1000;
}  // namespace

std::string word_name(int word) {
  return "w" + std::to_string(word);
}

std::vector<std::int16_t> speak_words(std::span<const int> words, int rate) {
  std::vector<std::int16_t> pcm;
  for (const int word : words) {
    EVA_CHECK(word >= 0 && word < kVocabulary);
    pcm.insert(pcm.end(), static_cast<std::size_t>(duration_to_samples(kWord, rate)),
               static_cast<std::int16_t>(kBase + word * kStep));
  }
  return pcm;
}

std::string read_words(std::span<const std::int16_t> pcm, int rate) {
  const std::int64_t needed = duration_to_samples(kWord, rate) / 4;
  std::string text;
  for (std::size_t i = 0; i < pcm.size();) {
    std::size_t end = i;
    while (end < pcm.size() && pcm[end] == pcm[i]) ++end;
    const int code = pcm[i] - kBase;
    if (code >= 0 && code % kStep == 0 && static_cast<std::int64_t>(end - i) >= needed) {
      if (!text.empty()) text += ' ';
      text += word_name(code / kStep);
    }
    i = end;
  }
  return text;
}

std::vector<std::int16_t> cough(Duration length, int rate) {
  return std::vector<std::int16_t>(static_cast<std::size_t>(duration_to_samples(length, rate)),
                                   kCough);
}

float CodedVad::speech_probability(std::span<const std::int16_t> window) {
  EVA_CHECK(std::ssize(window) == vad::kWindow);  // as the real one
  const auto loud = std::ranges::count_if(window, [](std::int16_t s) { return s >= kCough; });
  return static_cast<float>(loud) / static_cast<float>(window.size());
}

}  // namespace eva::sim
