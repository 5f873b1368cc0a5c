#include "bench/overlap_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "bench/stimuli.h"

namespace eva::bench {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLongest = 3s;
constexpr std::array kSpoken = {"arctic", "librispeech", "ljspeech", "picovoice", "speechbrain"};
constexpr std::array kBackchannels = {"Uh-huh.", "Mm-hmm.", "Yeah.", "Right.",      "Okay.",
                                      "I see.",  "Sure.",   "Hmm.",  "Oh, really?", "Got it."};

// From the onset of its sound, at most kLongest; empty if there is none. The onset is the first of
// three 10 ms frames in a row within 30 dB of the loudest, which a breath is not.
std::vector<std::int16_t> from_onset(std::vector<std::int16_t> pcm) {
  constexpr std::ptrdiff_t kFrame = kRate / 100;
  constexpr double kWithin = 0.001;  // -30 dB, as a ratio of energies
  std::vector<double> energy;
  for (std::ptrdiff_t at = 0; at + kFrame <= std::ssize(pcm); at += kFrame) {
    double sum = 0;
    for (auto i = at; i < at + kFrame; ++i) {
      const double sample = pcm[static_cast<std::size_t>(i)];
      sum += sample * sample;
    }
    energy.push_back(sum);
  }
  if (energy.size() < 3) return {};
  const double least = *std::ranges::max_element(energy) * kWithin;
  std::size_t onset = 0;
  while (std::min({energy[onset], energy[onset + 1], energy[onset + 2]}) < least) {
    if (++onset + 2 == energy.size()) return {};
  }
  const auto begin = static_cast<std::ptrdiff_t>(onset) * kFrame;
  const auto end =
      std::min<std::ptrdiff_t>(begin + duration_to_samples(kLongest, kRate), std::ssize(pcm));
  return {pcm.begin() + begin, pcm.begin() + end};
}

Result<> add_folder(const fs::path& folder, OverlapKind kind, std::vector<OverlapClip>& out) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".flac") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    auto sound = audio::read_sound(file);
    if (!sound) return std::unexpected(sound.error());
    auto pcm = from_onset(audio::resample(sound->pcm, sound->rate, kRate));
    if (!pcm.empty()) out.push_back({file.stem().string(), kind, std::move(pcm)});
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
      auto from = from_onset(audio::resample(pcm, engine::kVoiceRate, kRate));
      if (from.empty()) continue;
      clips.push_back({fmt::format("{} ({})", text, voice->name()), OverlapKind::kBackchannel,
                       std::move(from)});
    }
  }
  return clips;
}

}  // namespace eva::bench
