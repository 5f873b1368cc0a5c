#include "engine/partial_transcriber.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/check.h"

namespace eva::engine {
namespace {

constexpr int kRate = speech::kSttRate;
constexpr std::size_t kFirst = 400 * kRate / 1000;
constexpr std::size_t kLongestPass = 28 * kRate;
constexpr std::size_t kLongEnough = 10 * kRate;
constexpr std::size_t kStep = 200 * kRate / 1000;
// The last word may be the beginning of a longer one, and the next tells much about the one before:
// with 1 instead of 2, a final text that keeps to what was committed has 3 points more errors
// (docs/engines.md). Once it is quiet behind them they are certain enough.
constexpr std::size_t kHeldBack = 2;
constexpr std::size_t kQuiet = 240 * kRate / 1000;
constexpr double kQuietShare = 1e-3;  // of the loudest 10 ms: -30 dB

/// Pieces that make up `text`; each but the first begins with a blank.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> pieces;
  for (const char c : text) {
    if (pieces.empty() || c == ' ') pieces.emplace_back();
    pieces.back() += c;
  }
  return pieces;
}

bool is_sign(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 && std::isalnum(byte) == 0;
}

/// What two passes must agree on: letters and digits; their case and signs still change.
std::string essence(const std::string& piece) {
  std::string letters;
  for (const char c : piece) {
    if (!is_sign(c)) letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return letters;
}

/// The signs at the end may be there only because the audio ended.
std::string without_end(std::string piece) {
  while (!piece.empty() && is_sign(piece.back())) piece.pop_back();
  return piece;
}

bool is_quiet_at_end(std::span<const std::int16_t> pcm) {
  constexpr std::size_t kBlock = kRate / 100;
  double loudest = 0;
  double loudest_at_end = 0;
  for (std::size_t at = 0; at + kBlock <= pcm.size(); at += kBlock) {
    double energy = 0;
    for (const std::int16_t sample : pcm.subspan(at, kBlock)) energy += double{1} * sample * sample;
    loudest = std::max(loudest, energy);
    if (at + kQuiet >= pcm.size()) loudest_at_end = std::max(loudest_at_end, energy);
  }
  return loudest_at_end < loudest * kQuietShare;
}

}  // namespace

void PartialTranscriber::push(std::span<const std::int16_t> pcm) {
  window_.insert(window_.end(), pcm.begin(), pcm.end());
}

Duration PartialTranscriber::received() const {
  return samples_to_duration(static_cast<std::int64_t>(window_start_ + window_.size()), kRate);
}

bool PartialTranscriber::is_due() const {
  return window_.size() >= std::max(kFirst, heard_ + kStep) && window_.size() <= kLongestPass;
}

PartialTranscriber::Pass PartialTranscriber::next() {
  heard_ = window_.size();
  return {.pcm = window_,
          .hearing = {.language = language_, .prefix = committed_, .unfinished = true}};
}

PartialTranscriber::Pass PartialTranscriber::rest() const {
  return {.pcm = window_, .hearing = {.language = language_, .prefix = committed_}};
}

std::string PartialTranscriber::complete(const std::string& rest) const {
  return settled_.empty() || rest.empty() ? settled_ + rest : settled_ + " " + rest;
}

void PartialTranscriber::finish(const Transcription& heard) {
  if (!heard.text.starts_with(committed_)) return;
  const std::string rest = heard.text.substr(committed_.size());
  const std::vector<std::string> pieces = split(rest);
  std::size_t agreed = 0;
  while (agreed < std::min(pieces.size(), previous_.size()) &&
         essence(pieces[agreed]) == essence(previous_[agreed])) {
    ++agreed;
  }
  const std::size_t certain = pieces.size() - std::min(kHeldBack, pieces.size());
  if (agreed > certain && !is_quiet_at_end(std::span(window_).first(heard_))) agreed = certain;
  while (agreed > 0 && essence(pieces[agreed - 1]).empty()) --agreed;

  std::string more;
  for (std::size_t i = 0; i < agreed; ++i) {
    more += i + 1 < agreed ? pieces[i] : without_end(pieces[i]);
  }
  committed_ += more;
  const Duration offset = samples_to_duration(static_cast<std::int64_t>(window_start_), kRate);
  std::vector<speech::Word> times;
  is_timed_ = heard.words.size() == split(heard.text).size();
  if (is_timed_) {
    const std::size_t known = words_.size() - settled_words_;
    for (const speech::Word& word : heard.words) {
      times.push_back({word.text, offset + word.start, offset + word.end});
    }
    const std::size_t now_known = split(committed_).size();
    for (std::size_t i = known; i < now_known; ++i) words_.push_back(times[i]);
    times.erase(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(now_known));
  }
  const std::string tentative = rest.substr(more.size());
  previous_ = split(tentative);
  tell(tentative, times);
  if (heard_ > kLongEnough) leave_behind();
}

/// The window begins anew behind the last committed word.
void PartialTranscriber::leave_behind() {
  if (!is_timed_ || words_.size() == settled_words_) return;
  const Duration end = words_.back().end;
  const auto until = static_cast<std::size_t>(duration_to_samples(end, kRate));
  if (until <= window_start_) return;
  const std::size_t cut = std::min(until - window_start_, window_.size());
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(cut));
  window_start_ += cut;
  heard_ -= std::min(heard_, cut);
  settled_ = complete(committed_);
  settled_words_ = words_.size();
  committed_.clear();
  previous_.clear();
}

void PartialTranscriber::tell(const std::string& tentative, std::span<const speech::Word> words) {
  transcript_.committed = complete(committed_);
  transcript_.tentative = tentative;
  if (committed_.empty() && !settled_.empty() && !tentative.empty()) {
    transcript_.tentative = " " + tentative;
  }
  transcript_.words.clear();
  if (!is_timed_) return;
  transcript_.words = words_;
  transcript_.words.insert(transcript_.words.end(), words.begin(), words.end());
}

}  // namespace eva::engine
