#include "engine/speech_guard.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace eva::engine {
namespace {

constexpr double kLogProbabilityWeight = 0.2;
constexpr double kPhraseMargin = 0.12;

/// What Whisper writes most often over noise and silence.
constexpr std::array<std::string_view, 7> kPhrases{
    "you", "thank you", "thanks", "thank you for watching", "thanks for watching", "bye", "oh"};

std::string plain_lower(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) || c == ' ') plain += static_cast<char>(std::tolower(byte));
  }
  return plain;
}

}  // namespace

bool is_speech(std::string_view text, const SpeechEvidence& evidence, double threshold) {
  if (text.empty()) return false;
  const double doubt = evidence.no_speech_probability -
                       kLogProbabilityWeight * (evidence.average_log_probability + 1);
  const bool is_phrase = std::ranges::find(kPhrases, plain_lower(text)) != kPhrases.end();
  return doubt < threshold - (is_phrase ? kPhraseMargin : 0);
}

}  // namespace eva::engine
