// Eva's own voice through rooms into her microphone: how often is it taken for the user's, and how
// much later is the user heard over it? Prints tables.
// usage: eva_echo_bench SECONDS VAD_MODEL HER_FOLDER USER_FOLDER ROOM_FOLDER [NOISE_FILE]
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "echo/echo_guard.h"
#include "echo/fft.h"
#include "vad/silero_vad.h"

namespace {

using namespace std::chrono_literals;
using eva::echo::EchoGuard;
using Pcm = std::vector<std::int16_t>;
using Signal = std::vector<float>;
constexpr int kRate = 16'000;
constexpr std::size_t kWindow = eva::vad::kWindow;

int stop(const std::string& detail) {
  fmt::print(stderr, "eva_echo_bench: {}\n", detail);
  return 1;
}

double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

std::vector<Pcm> load_folder(const std::filesystem::path& folder, int rate) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".wav" || entry.path().extension() == ".flac") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  std::vector<Pcm> clips;
  for (const auto& file : files) {
    if (const auto sound = eva::audio::read_sound(file)) {
      clips.push_back(eva::audio::resample(sound->pcm, sound->rate, rate));
    }
  }
  return clips;
}

// Power of the louder parts: 32 ms frames within 20 dB of the loudest.
double active_power(std::span<const float> signal) {
  std::vector<double> frames;
  for (std::size_t at = 0; at + kWindow <= signal.size(); at += kWindow) {
    double sum = 0;
    for (const float x : signal.subspan(at, kWindow)) sum += static_cast<double>(x) * x;
    frames.push_back(sum / kWindow);
  }
  if (frames.empty()) return 0;
  const double least = *std::ranges::max_element(frames) / 100;
  double sum = 0;
  int count = 0;
  for (const double frame : frames) {
    if (frame >= least) {
      sum += frame;
      ++count;
    }
  }
  return sum / count;
}

// Overlap-free direct convolution is too slow for seconds of room: blocks in the frequency domain.
Signal convolve(const Pcm& dry, const Pcm& room) {
  constexpr std::size_t kSize = 65'536;
  static const eva::echo::Fft fft(kSize);
  double energy = 0;
  for (const double tap : room) energy += tap * tap;
  const auto scale = static_cast<float>(1 / std::sqrt(energy));
  Signal taps(kSize);
  Signal taps_imaginary(kSize);
  const std::size_t length = std::min(room.size(), kSize / 2);
  for (std::size_t i = 0; i < length; ++i) taps[i] = static_cast<float>(room[i]) * scale;
  fft.transform(taps, taps_imaginary);
  const std::size_t step = kSize - length;
  Signal wet(dry.size() + length);
  Signal block(kSize);
  Signal block_imaginary(kSize);
  for (std::size_t at = 0; at < dry.size(); at += step) {
    std::ranges::fill(block, 0.0F);
    std::ranges::fill(block_imaginary, 0.0F);
    for (std::size_t i = 0; i < std::min(step, dry.size() - at); ++i) {
      block[i] = static_cast<float>(dry[at + i]);
    }
    fft.transform(block, block_imaginary);
    for (std::size_t k = 0; k < kSize; ++k) {
      const float real = block[k] * taps[k] - block_imaginary[k] * taps_imaginary[k];
      block_imaginary[k] = block[k] * taps_imaginary[k] + block_imaginary[k] * taps[k];
      block[k] = real;
    }
    fft.transform(block_imaginary, block);
    for (std::size_t i = 0; i < kSize && at + i < wet.size(); ++i) wet[at + i] += block[i] / kSize;
  }
  return wet;
}

struct Reply {
  std::int64_t begin;  // sample at 16 kHz where the listener really begins to hear it
  const Pcm* pcm24k;
};

// Her side of a call: replies with pauses between.
struct Call {
  std::vector<Reply> replies;
  Pcm dry;  // as the loudspeaker plays it, 16 kHz
};

Call make_call(const std::vector<Pcm>& her, std::size_t seconds, double pause_s,
               std::mt19937& random) {
  Call call;
  std::int64_t at = kRate;
  std::size_t next = random() % her.size();
  while (at < static_cast<std::int64_t>(seconds * kRate)) {
    const Pcm& clip = her[next++ % her.size()];
    call.replies.push_back({at, &clip});
    const Pcm low = eva::audio::resample(clip, 24'000, kRate);
    call.dry.resize(static_cast<std::size_t>(at), 0);
    call.dry.insert(call.dry.end(), low.begin(), low.end());
    at += static_cast<std::int64_t>(low.size()) + static_cast<std::int64_t>(pause_s * kRate);
  }
  call.dry.resize(call.dry.size() + 2 * kRate, 0);
  return call;
}

struct Verdicts {
  std::vector<bool> speech;
  double guard_ms = 0;
};

// The microphone's signal through the guard and the voice detector. `offset`: how wrong the
// caller is about when she is heard, per reply.
Verdicts listen(const Signal& microphone, const Call* call, const std::vector<double>& offset_ms,
                const eva::vad::SileroModel& model, bool guarded) {
  eva::vad::SileroVad vad(model);
  EchoGuard guard;
  Verdicts verdicts;
  std::size_t reply = 0;
  std::size_t given = 0;  // samples of that reply at 24 kHz
  Pcm window(kWindow);
  for (std::size_t at = 0; at + kWindow <= microphone.size(); at += kWindow) {
    for (std::size_t i = 0; i < kWindow; ++i) {
      window[i] =
          static_cast<std::int16_t>(std::clamp(std::lround(microphone[at + i]), -32768L, 32767L));
    }
    const double before = cpu_ms();
    // She is sent 200 ms ahead, 20 ms at a time.
    while (guarded && call && reply < call->replies.size()) {
      const Reply& r = call->replies[reply];
      if (given >= r.pcm24k->size()) {
        ++reply;
        given = 0;
        continue;
      }
      const double truth_ms = static_cast<double>(r.begin) / 16 + static_cast<double>(given) / 24;
      const double heard_ms = truth_ms + offset_ms[reply % offset_ms.size()];
      if (std::min(truth_ms, heard_ms) - 200 > static_cast<double>(at) / 16) break;
      const std::size_t n = std::min<std::size_t>(480, r.pcm24k->size() - given);
      guard.played(std::span(*r.pcm24k).subspan(given, n),
                   eva::Duration(std::lround(heard_ms * 1000)));
      given += n;
    }
    if (!guarded) {
      verdicts.speech.push_back(vad.speech_probability(window) >= 0.5F);
      continue;
    }
    const auto heard =
        guard.hear(window, eva::samples_to_duration(static_cast<std::int64_t>(at), kRate));
    verdicts.guard_ms += cpu_ms() - before;
    const float probability = vad.speech_probability(heard.rest);
    verdicts.speech.push_back(probability >= 0.5F && heard.user_share >= EchoGuard::kUserSpeaks);
  }
  return verdicts;
}

struct Runs {
  int windows = 0;
  int short_runs = 0;  // 3 windows or more: 96 ms, a candidate
  int long_runs = 0;   // 7 or more: 200 ms, an interruption
};

Runs count_runs(const std::vector<bool>& speech) {
  Runs runs;
  int length = 0;
  for (const bool s : speech) {
    runs.windows += s;
    length = s ? length + 1 : 0;
    runs.short_runs += length == 3;
    runs.long_runs += length == 7;
  }
  return runs;
}

// The end of the third of three windows of speech in a row, counted from `begin`.
std::optional<double> detected_ms(const std::vector<bool>& speech, std::size_t begin,
                                  std::size_t length) {
  int run = 0;
  for (std::size_t w = begin / kWindow; w < speech.size() && w * kWindow < begin + length; ++w) {
    run = speech[w] ? run + 1 : 0;
    if (run == 3) return static_cast<double>((w + 1) * kWindow - begin) / 16;
  }
  return std::nullopt;
}

double percentile(std::vector<double> values, double p) {
  if (values.empty()) return NAN;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1) + 0.5)];
}

void add_noise(Signal& signal, const Pcm& noise, double power, std::size_t from) {
  double sum = 0;
  for (const double x : noise) sum += x * x;
  const auto scale =
      static_cast<float>(std::sqrt(power / (sum / static_cast<double>(noise.size()))));
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] += scale * static_cast<float>(noise[(i + from) % noise.size()]);
  }
}

Pcm white_noise() {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 3000);
  Pcm noise(10 * kRate);
  for (auto& x : noise)
    x = static_cast<std::int16_t>(std::clamp(normal(random), -32000.F, 32000.F));
  return noise;
}

struct Bench {
  const eva::vad::SileroModel& model;
  std::size_t seconds;
  std::vector<Pcm> her;
  std::vector<Pcm> users;
  std::vector<Pcm> rooms;
  Pcm noise;
  std::mt19937 random{1};
};

constexpr double kNoisePower = 400;  // -64 dBFS

// Her voice as the microphone hears it.
Signal echo_of(const Call& call, const Pcm& room, double level_db, int delay_ms) {
  const Signal echo = convolve(call.dry, room);
  Signal microphone(echo.size() + kRate);
  const auto gain = static_cast<float>(std::pow(10, level_db / 20));
  for (std::size_t i = 0; i < echo.size(); ++i) {
    microphone[i + static_cast<std::size_t>(delay_ms * 16)] = gain * echo[i];
  }
  return microphone;
}

void echo_alone(Bench& bench) {
  fmt::print("Echo alone. Windows of speech a minute, and runs of 96 and 200 ms in all.\n");
  fmt::print("room  dB  delay  told | unguarded:   runs | guarded:    runs | CPU ms/s\n");
  Runs total;
  double total_s = 0;
  for (std::size_t room = 0; room < bench.rooms.size(); ++room) {
    for (const double level : {-6.0, -13.0, -20.0}) {
      for (const int delay : {40, 120, 300}) {
        const Call call = make_call(bench.her, bench.seconds, 1.5, bench.random);
        Signal microphone = echo_of(call, bench.rooms[room], level, delay);
        add_noise(microphone, bench.noise, kNoisePower, bench.random());
        const double told = static_cast<double>(bench.random() % 601) - 300;
        std::vector<double> offsets;
        for (int i = 0; i < 7; ++i) {
          offsets.push_back(told + static_cast<double>(bench.random() % 21) - 10);
        }
        const double s = static_cast<double>(microphone.size()) / kRate;
        const Runs raw = count_runs(listen(microphone, &call, offsets, bench.model, false).speech);
        const Verdicts verdicts = listen(microphone, &call, offsets, bench.model, true);
        const Runs runs = count_runs(verdicts.speech);
        total.windows += runs.windows;
        total.short_runs += runs.short_runs;
        total.long_runs += runs.long_runs;
        total_s += s;
        fmt::print("{:4} {:3.0f}  {:5}  {:4.0f} | {:9.0f} {:3} {:3} | {:7.1f} {:3} {:3} | {:.1f}\n",
                   room + 1, level, delay, told, raw.windows * 60 / s, raw.short_runs,
                   raw.long_runs, runs.windows * 60 / s, runs.short_runs, runs.long_runs,
                   verdicts.guard_ms / s);
      }
    }
  }
  fmt::print("guarded: {:.0f} s, {} windows, {} runs of 96 ms, {} of 200 ms\n\n", total_s,
             total.windows, total.short_runs, total.long_runs);
}

// The user's clips over her, the first 2 s of each, one every 5 to 6 s.
struct Overlaps {
  std::vector<std::size_t> begins;
  Signal alone;
};

Overlaps users_over(Bench& bench, std::size_t length, double power) {
  Overlaps overlaps;
  overlaps.alone.resize(length);
  std::size_t clip = bench.random() % bench.users.size();
  for (std::size_t at = 4 * kRate; at + 5 * kRate < length;
       at += 5 * kRate + bench.random() % kRate) {
    const Pcm& user = bench.users[clip++ % bench.users.size()];
    const Signal voice(
        user.begin(),
        user.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(user.size(), 2 * kRate)));
    const auto gain = static_cast<float>(std::sqrt(power / active_power(voice)));
    for (std::size_t i = 0; i < voice.size(); ++i) overlaps.alone[at + i] = gain * voice[i];
    overlaps.begins.push_back(at);
  }
  return overlaps;
}

void double_talk(Bench& bench) {
  fmt::print("The user over her. How much later than without her do three windows of speech\n");
  fmt::print("end, in ms; missed: not within 1.5 s. SER: speech to echo.\n");
  fmt::print("room   dB  SER | clips  missed   p50   p75   p90\n");
  for (std::size_t room = 0; room <= bench.rooms.size(); ++room) {
    const bool headphones = room == bench.rooms.size();
    for (const double level : {-6.0, -13.0, -20.0}) {
      if (headphones && level != -6.0) continue;
      for (const double ser : {-6.0, 0.0, 6.0}) {
        const Call call = make_call(bench.her, 2 * bench.seconds, 0.5, bench.random);
        Signal microphone(call.dry.size());
        double echo_power = 3e5;
        if (!headphones) {
          microphone = echo_of(call, bench.rooms[room], level, 120);
          echo_power = active_power(microphone);
        }
        Overlaps overlaps =
            users_over(bench, microphone.size(), echo_power * std::pow(10, ser / 10));
        for (std::size_t i = 0; i < microphone.size(); ++i) microphone[i] += overlaps.alone[i];
        const std::size_t from = bench.random();
        add_noise(microphone, bench.noise, kNoisePower, from);
        add_noise(overlaps.alone, bench.noise, kNoisePower, from);
        const auto clean = listen(overlaps.alone, nullptr, {0}, bench.model, false);
        const auto over = listen(microphone, &call, {-70, -60, -75}, bench.model, true);
        std::vector<double> added;
        int missed = 0;
        for (const std::size_t begin : overlaps.begins) {
          const auto alone_ms = detected_ms(clean.speech, begin, 2 * kRate);
          if (!alone_ms) continue;
          const auto over_ms = detected_ms(over.speech, begin, 2 * kRate);
          const double late = over_ms ? *over_ms - *alone_ms : 9999;
          missed += late > 1500;
          added.push_back(late);
        }
        fmt::print("{:4}  {:3.0f}  {:3.0f} | {:5}  {:6}  {:4.0f}  {:4.0f}  {:4.0f}\n",
                   headphones ? "none" : std::to_string(room + 1), level, ser, added.size(), missed,
                   percentile(added, 0.5), percentile(added, 0.75), percentile(added, 0.9));
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    return stop(
        "usage: eva_echo_bench SECONDS VAD_MODEL HER_FOLDER USER_FOLDER ROOM_FOLDER [NOISE]");
  }
  const auto model = eva::vad::SileroModel::load(argv[2]);
  if (!model) return stop(model.error().detail);
  Bench bench{.model = **model,
              .seconds = static_cast<std::size_t>(std::max(10, std::atoi(argv[1]))),
              .her = load_folder(argv[3], 24'000),
              .users = load_folder(argv[4], kRate),
              .rooms = load_folder(argv[5], kRate),
              .noise = white_noise()};
  if (argc > 6) {
    const auto sound = eva::audio::read_sound(argv[6]);
    if (!sound) return stop(sound.error().detail);
    bench.noise = eva::audio::resample(sound->pcm, sound->rate, kRate);
  }
  if (bench.her.empty() || bench.users.empty() || bench.rooms.empty()) {
    return stop("a folder holds no recordings");
  }
  echo_alone(bench);
  double_talk(bench);
  return 0;
}
