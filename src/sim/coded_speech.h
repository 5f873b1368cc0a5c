#pragma once
// Made-up speech whose every word can be read back from the samples, so that a test can tell
// exactly which words reached the STT and which were heard.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "vad/vad.h"

namespace eva::sim {

/// Word n of the vocabulary is kWord of samples of the constant value kBase + n * kStep; silence is
/// 0.
inline constexpr Duration kWord = 160ms;
inline constexpr int kVocabulary = 500;

/// "w12" for word 12.
std::string word_name(int word);
/// The words one after the other, without gaps.
std::vector<std::int16_t> speak_words(std::span<const int> words, int rate);
/// The words of which at least a quarter is in the audio, e.g. "w3 w4"; other samples are ignored.
std::string read_words(std::span<const std::int16_t> pcm, int rate);
/// Something that sounds like speech and contains no word (a cough).
std::vector<std::int16_t> cough(Duration length, int rate);

/// Hears coded speech and coughs.
class CodedVad final : public vad::Vad {
 public:
  float speech_probability(std::span<const std::int16_t> window) override;
  void reset() override {}
};

}  // namespace eva::sim
