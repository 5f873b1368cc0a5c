#include "bench/overlap_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "bench/stimuli.h"
#include "bench/word_times.h"

namespace eva::bench {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLongest = 3s;
constexpr Duration kLeadIn = 500ms;
constexpr std::array kSpoken = {"arctic", "librispeech", "ljspeech", "picovoice", "speechbrain"};
constexpr std::array kBackchannels = {"Uh-huh.", "Mm-hmm.", "Yeah.", "Right.",      "Okay.",
                                      "I see.",  "Sure.",   "Hmm.",  "Oh, really?", "Got it."};

// The share `part` of the sorted `energy` (0.1: what is exceeded in nine frames of ten).
double quantile(std::vector<double> energy, double part) {
  const auto at =
      energy.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(energy.size() - 1));
  std::ranges::nth_element(energy, at);
  return *at;
}

// Of the recordings whose words an aligner found, where the first one begins.
std::map<std::string, Duration> word_onsets() {
  std::map<std::string, Duration> onsets;
  std::istringstream lines{std::string(kWordOnsets)};
  std::string name;
  for (std::int64_t ms = 0; lines >> name >> ms;) onsets[name] = std::chrono::milliseconds(ms);
  return onsets;
}

// The part around its onset; nothing if there is none. The onset is the first of eight 10 ms frames
// in a row, not before `earliest`, that are within 30 dB of the loudest and 10 dB over the
// recording's own noise, which neither a breath nor a click is.
std::optional<OverlapClip> clip_of(std::string name, OverlapKind kind,
                                   std::span<const std::int16_t> pcm, Duration earliest) {
  constexpr std::ptrdiff_t kFrame = kRate / 100;
  constexpr std::size_t kRun = 8;
  constexpr double kWithin = 0.001;  // -30 dB, as a ratio of energies
  constexpr double kOverNoise = 10;  // 10 dB
  std::vector<double> energy;
  for (std::ptrdiff_t at = 0; at + kFrame <= std::ssize(pcm); at += kFrame) {
    double sum = 0;
    for (auto i = at; i < at + kFrame; ++i) {
      const double sample = pcm[static_cast<std::size_t>(i)];
      sum += sample * sample;
    }
    energy.push_back(sum);
  }
  if (energy.size() < kRun) return {};
  const double loudest = *std::ranges::max_element(energy);
  const double least =
      std::max(loudest * kWithin, std::min(quantile(energy, 0.1) * kOverNoise, loudest / 10));
  const auto from = energy.begin() + std::min<std::ptrdiff_t>(earliest / 10ms, std::ssize(energy));
  const auto onset =
      std::ranges::search_n(from, energy.end(), kRun, least, std::ranges::greater_equal{});
  if (onset.empty()) return {};
  const auto at = (onset.begin() - energy.begin()) * kFrame;
  const auto begin = std::max<std::ptrdiff_t>(at - duration_to_samples(kLeadIn, kRate), 0);
  const auto end =
      std::min<std::ptrdiff_t>(at + duration_to_samples(kLongest, kRate), std::ssize(pcm));
  return OverlapClip{.name = std::move(name),
                     .kind = kind,
                     .pcm = {pcm.begin() + begin, pcm.begin() + end},
                     .onset = samples_to_duration(at - begin, kRate)};
}

Result<> add_folder(const fs::path& folder, OverlapKind kind, std::vector<OverlapClip>& out) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".flac") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  const auto onsets = word_onsets();
  for (const fs::path& file : files) {
    auto sound = audio::read_sound(file);
    if (!sound) return std::unexpected(sound.error());
    const auto onset = onsets.find(folder.filename().string() + "/" + file.stem().string());
    auto clip = clip_of(file.stem().string(), kind, audio::resample(sound->pcm, sound->rate, kRate),
                        onset == onsets.end() ? Duration{} : onset->second);
    if (clip) out.push_back(std::move(*clip));
  }
  return {};
}

}  // namespace

Result<std::vector<OverlapClip>> overlap_clips(const fs::path& folder,
                                               std::span<const engine::Voice* const> voices) {
  std::vector<OverlapClip> clips;
  for (const char* spoken : kSpoken) {
    auto added = add_folder(folder / spoken, OverlapKind::kInterruption, clips);
    if (!added) return std::unexpected(added.error());
  }
  auto added = add_folder(folder / "noise", OverlapKind::kNoise, clips);
  if (!added) return std::unexpected(added.error());
  if (clips.empty()) {
    return fail(ErrorCode::kNotFound, folder.string() +
                                          ": no clips there; name the folder of the "
                                          "test recordings with --audio");
  }
  for (const engine::Voice* voice : voices) {
    for (const char* text : kBackchannels) {
      std::vector<std::int16_t> pcm;
      CancelToken never;
      const auto spoken = voice->speak(
          text, 1,
          [&](std::span<const std::int16_t> part) {
            pcm.insert(pcm.end(), part.begin(), part.end());
            return true;
          },
          never);
      if (!spoken) return std::unexpected(spoken.error());
      auto clip = clip_of(fmt::format("{} ({})", text, voice->name()), OverlapKind::kBackchannel,
                          audio::resample(pcm, engine::kVoiceRate, kRate), {});
      if (clip) clips.push_back(std::move(*clip));
    }
  }
  return clips;
}

}  // namespace eva::bench
