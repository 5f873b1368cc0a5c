#include "bench/stimuli.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <utility>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "bench/word_times.h"

namespace eva::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFrame = kRate / 100;

Duration of_frames(std::size_t frames) {
  return 10ms * frames;
}
std::ptrdiff_t samples_of(Duration at) {
  return static_cast<std::ptrdiff_t>(duration_to_samples(at, kRate));
}

/// In dB of full scale, one per 10 ms.
std::vector<double> levels(std::span<const std::int16_t> pcm) {
  std::vector<double> out;
  for (std::size_t at = 0; at + kFrame <= pcm.size(); at += kFrame) {
    double squares = 0;
    for (const std::int16_t sample : pcm.subspan(at, kFrame)) {
      squares += std::pow(static_cast<double>(sample) / 32768, 2);
    }
    out.push_back(20 * std::log10(std::sqrt(squares / static_cast<double>(kFrame)) + 1e-5));
  }
  return out;
}

double percentile(std::vector<double> values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

/// The clip's own background: its quietest 100 ms, forwards and backwards in turn, so that the ends
/// meet.
std::vector<std::int16_t> room_tone(std::span<const std::int16_t> clip, Duration length) {
  constexpr std::size_t kTone = 10;  // frames
  const std::vector<double> level = levels(clip);
  std::size_t best = 0;
  double least = 0;
  for (std::size_t i = 0; i + kTone <= level.size(); ++i) {
    const double loudest =
        *std::max_element(level.begin() + static_cast<std::ptrdiff_t>(i),
                          level.begin() + static_cast<std::ptrdiff_t>(i + kTone));
    if (i == 0 || loudest < least) {
      least = loudest;
      best = i;
    }
  }
  const auto tone = clip.subspan(best * kFrame, std::min(kTone * kFrame, clip.size()));
  std::vector<std::int16_t> out;
  const auto wanted = static_cast<std::size_t>(samples_of(length));
  for (bool forwards = true; out.size() < wanted; forwards = !forwards) {
    if (forwards) {
      out.insert(out.end(), tone.begin(), tone.end());
    } else {
      out.insert(out.end(), tone.rbegin(), tone.rend());
    }
  }
  out.resize(wanted);
  return out;
}

/// Of word_times.tsv: where a clip's words meet, and where the last one ends.
struct WordTimes {
  Duration end{};
  std::vector<Duration> gaps;
};

std::map<std::string, WordTimes> word_times() {
  std::map<std::string, WordTimes> all;
  std::istringstream lines{std::string(kWordTimes)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream in(line);
    std::string name;
    std::int64_t ms = 0;
    in >> name >> ms;
    WordTimes& times = all[name];
    times.end = std::chrono::milliseconds(ms);
    while (in >> ms) times.gaps.emplace_back(std::chrono::milliseconds(ms));
  }
  return all;
}

struct Clip {
  std::string name;
  std::string set;
  std::vector<std::int16_t> pcm;
};

constexpr std::array<std::pair<const char*, const char*>, 7> kFolders{{{"librispeech", "read"},
                                                                       {"arctic", "read"},
                                                                       {"ljspeech", "read"},
                                                                       {"speechbrain", "read"},
                                                                       {"pocketsphinx", "read"},
                                                                       {"conversation", "read"},
                                                                       {"picovoice", "command"}}};
// They end in mid-sentence (transcripts.tsv), so that nobody could tell that the turn is over.
const std::set<std::string> kUnfinished{"LJ001-0004", "LJ001-0006", "LJ001-0011", "LJ002-0020"};

Result<std::vector<Clip>> read_clips(const fs::path& folder, const std::string& set) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".flac") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Clip> clips;
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    if (kUnfinished.contains(name)) continue;
    const auto sound = audio::read_sound(file);
    if (!sound) return std::unexpected(sound.error());
    clips.push_back({name, set, audio::resample(sound->pcm, sound->rate, kRate)});
  }
  return clips;
}

/// 200 to 3000 ms, every length's logarithm as likely.
Duration random_hold(std::mt19937& random) {
  // std::uniform_real_distribution may differ between libraries; this does not.
  const double share = static_cast<double>(random()) / 4294967296.0;
  return std::chrono::milliseconds(std::lround(200 * std::pow(15.0, share)));
}

std::vector<std::int16_t> trimmed(const Clip& clip) {
  const auto extent = speech_extent(clip.pcm);
  if (!extent) return {};
  return {clip.pcm.begin() + samples_of(extent->begin), clip.pcm.begin() + samples_of(extent->end)};
}

/// Codes of three to eight letters and digits, spoken evenly but for one hesitation.
void add_spelled(const std::vector<Clip>& alphabet, std::mt19937& random,
                 std::vector<Stimulus>& out) {
  constexpr int kCodes = 48;
  for (int code = 0; code < kCodes; ++code) {
    const std::size_t length = 3 + random() % 6;
    const std::size_t stop = 1 + random() % (length - 1);
    const Duration hold = random_hold(random);
    Stimulus stimulus{.name = "", .set = "spelled", .held_out = code % 2 == 1, .hold = hold};
    for (std::size_t i = 0; i < length; ++i) {
      const Clip& symbol = alphabet[random() % alphabet.size()];
      stimulus.name += symbol.name.substr(0, symbol.name.find('_')) + " ";
      if (i > 0) {
        const Duration gap = i == stop ? hold : Duration(60ms + 1ms * (random() % 120));
        const auto tone = room_tone(symbol.pcm, gap);
        stimulus.pcm.insert(stimulus.pcm.end(), tone.begin(), tone.end());
      }
      const auto sound = trimmed(symbol);
      stimulus.pcm.insert(stimulus.pcm.end(), sound.begin(), sound.end());
      if (i + 1 == length) {
        stimulus.speech_end =
            samples_to_duration(static_cast<std::int64_t>(stimulus.pcm.size()), kRate);
        const auto tone = room_tone(symbol.pcm, kTail);
        stimulus.pcm.insert(stimulus.pcm.end(), tone.begin(), tone.end());
      }
    }
    stimulus.name.pop_back();
    out.push_back(std::move(stimulus));
  }
}

}  // namespace

std::optional<Extent> speech_extent(std::span<const std::int16_t> pcm) {
  const std::vector<double> level = levels(pcm);
  if (level.empty()) return std::nullopt;
  const double least = std::max(std::ranges::max(level) - 30, percentile(level, 0.1) + 15);
  const auto loud = [&](double value) { return value > least; };
  const auto first = std::ranges::find_if(level, loud);
  if (first == level.end()) return std::nullopt;
  const auto last = std::find_if(level.rbegin(), level.rend(), loud);
  return Extent{of_frames(static_cast<std::size_t>(first - level.begin())),
                of_frames(static_cast<std::size_t>(level.rend() - last))};
}

Stimulus hesitate(std::span<const std::int16_t> clip, Duration at, Duration hold) {
  const Extent extent = speech_extent(clip).value_or(Extent{});
  const auto cut = samples_of(at);
  // Audio behind the speech stays: its decay is part of what is heard.
  const auto end = std::min<std::ptrdiff_t>(samples_of(extent.end + 100ms),
                                            static_cast<std::ptrdiff_t>(clip.size()));
  Stimulus stimulus{.hold = hold, .speech_end = extent.end + hold};
  stimulus.pcm.assign(clip.begin(), clip.begin() + cut);
  const auto tone = room_tone(clip, hold);
  stimulus.pcm.insert(stimulus.pcm.end(), tone.begin(), tone.end());
  stimulus.pcm.insert(stimulus.pcm.end(), clip.begin() + cut, clip.begin() + end);
  const auto tail = room_tone(clip, kTail);
  stimulus.pcm.insert(stimulus.pcm.end(), tail.begin(), tail.end());
  return stimulus;
}

Duration quietest_near(std::span<const std::int16_t> clip, Duration at) {
  constexpr std::ptrdiff_t kReach = 8;  // frames
  const std::vector<double> level = levels(clip);
  const auto middle = static_cast<std::ptrdiff_t>(at / 10ms);
  const auto first = std::clamp<std::ptrdiff_t>(middle - kReach, 1, std::ssize(level) - 2);
  const auto last = std::clamp<std::ptrdiff_t>(middle + kReach, first, std::ssize(level) - 2);
  const auto loudness = [&](std::ptrdiff_t i) {
    const auto frame = static_cast<std::size_t>(i);
    return level[frame - 1] + level[frame] + level[frame + 1];
  };
  std::ptrdiff_t best = first;
  for (std::ptrdiff_t i = first; i <= last; ++i) {
    if (loudness(i) < loudness(best)) best = i;
  }
  return of_frames(static_cast<std::size_t>(best)) + 5ms;
}

Result<std::vector<Stimulus>> make_stimuli(const fs::path& folder) {
  constexpr int kHesitations = 3;
  std::mt19937 random(20'26);
  const auto times = word_times();
  std::vector<Stimulus> out;
  std::size_t index = 0;
  for (const auto& [name, set] : kFolders) {
    const auto clips = read_clips(folder / name, set);
    if (!clips) return std::unexpected(clips.error());
    for (const Clip& clip : *clips) {
      const auto words = times.find(std::string(name) + "/" + clip.name);
      const auto extent = speech_extent(clip.pcm);
      if (words == times.end() || !extent || extent->end > words->second.end + 400ms) continue;
      const bool held_out = index++ % 2 == 1;
      const auto add = [&](Duration at, Duration hold) {
        Stimulus stimulus = hesitate(clip.pcm, at, hold);
        stimulus.name = clip.name;
        stimulus.set = clip.set;
        stimulus.held_out = held_out;
        out.push_back(std::move(stimulus));
      };
      add(0ms, 0ms);
      const auto& gaps = words->second.gaps;
      for (int i = 0; i < kHesitations && !gaps.empty(); ++i) {
        add(quietest_near(clip.pcm, gaps[random() % gaps.size()]), random_hold(random));
      }
    }
  }
  const auto alphabet = read_clips(folder / "alnum", "spelled");
  if (!alphabet) return std::unexpected(alphabet.error());
  if (!alphabet->empty()) add_spelled(*alphabet, random, out);
  if (out.empty()) {
    return fail(ErrorCode::kNotFound, folder.string() + " has none of the folders of clips");
  }
  return out;
}

}  // namespace eva::bench
