// Eva's own voice through rooms into her microphone: how often is it taken for the user's, and how
// much later is the user heard over it? Prints tables.
// usage: eva_echo_bench VAD_MODEL HER_FOLDER USER_FOLDER RIR_FOLDER [NOISE_FILE]
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
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
using Pcm = std::vector<std::int16_t>;
using Signal = std::vector<float>;
constexpr int kRate = 16'000;
constexpr std::size_t kWindow = eva::vad::kWindow;
const float kShare = std::getenv("SHARE") ? std::atof(std::getenv("SHARE")) : 0.3F;

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

const bool want_trace = std::getenv("TRACE") != nullptr;

// The microphone's signal through the guard and the voice detector. `offset`: how wrong the
// caller is about when she is heard, per reply.
Verdicts listen(const Signal& microphone, const Call* call, const std::vector<double>& offset_ms,
                const eva::vad::SileroModel& model, bool guarded) {
  eva::vad::SileroVad vad(model);
  eva::echo::EchoGuard guard;
  Verdicts verdicts;
  std::size_t reply = 0;
  std::size_t given = 0;  // samples of that reply at 24 kHz
  Pcm window(kWindow);
  for (std::size_t at = 0; at + kWindow <= microphone.size(); at += kWindow) {
    for (std::size_t i = 0; i < kWindow; ++i) {
      window[i] = static_cast<std::int16_t>(
          std::clamp(std::lround(microphone[at + i]), -32768L, 32767L));
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
    const auto heard = guard.hear(
        window, eva::samples_to_duration(static_cast<std::int64_t>(at), kRate));
    verdicts.guard_ms += cpu_ms() - before;
    const float probability = vad.speech_probability(heard.rest);
    verdicts.speech.push_back(probability >= 0.5F && heard.user_share >= kShare);
    if (want_trace) {
      double in = 1;
      double out = 1;
      for (std::size_t i = 0; i < kWindow; ++i) {
        in += window[i] * window[i];
        out += heard.rest[i] * heard.rest[i];
      }
      fmt::print("{:.3f} p {:.2f} share {:.2f} level {:.1f} rest {:.1f} delay {}\n", at / 16000.,
                 probability, heard.user_share, 10 * std::log10(in / kWindow),
                 10 * std::log10(out / kWindow),
                 guard.delay() ? guard.delay()->count() / 1000. : -1);
    }
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
  const auto scale = static_cast<float>(std::sqrt(power / (sum / static_cast<double>(noise.size()))));
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] += scale * static_cast<float>(noise[(i + from) % noise.size()]);
  }
}

Pcm white_noise() {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 3000);
  Pcm noise(10 * kRate);
  for (auto& x : noise) x = static_cast<std::int16_t>(std::clamp(normal(random), -32000.F, 32000.F));
  return noise;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return stop("usage: eva_echo_bench VAD_MODEL HER_FOLDER USER_FOLDER RIR_FOLDER [NOISE]");
  const auto model = eva::vad::SileroModel::load(argv[1]);
  if (!model) return stop(model.error().detail);
  const auto her = load_folder(argv[2], 24'000);
  const auto users = load_folder(argv[3], kRate);
  const auto rooms = load_folder(argv[4], kRate);
  Pcm noise = white_noise();
  if (argc > 5) {
    const auto sound = eva::audio::read_sound(argv[5]);
    if (!sound) return stop(sound.error().detail);
    noise = eva::audio::resample(sound->pcm, sound->rate, kRate);
  }
  if (her.empty() || users.empty() || rooms.empty()) return stop("a folder holds no recordings");
  const std::size_t seconds = std::getenv("SECONDS_") ? atoi(std::getenv("SECONDS_")) : 60;
  constexpr double kNoisePower = 400;  // -64 dBFS

  std::mt19937 random(1);
  fmt::print("Echo alone, {} s of call per row\n", seconds);
  fmt::print("room  dB   delay  offset | no guard: win/min  >=96ms  >=200ms | guard: win/min  >=96ms  >=200ms | ms/s\n");
  Runs total;
  double total_s = 0;
  for (std::size_t room = 0; room < rooms.size(); ++room) {
    for (const double level : {-6.0, -13.0, -20.0}) {
      for (const int delay : {40, 120, 300}) {
        const double offset = static_cast<double>(random() % 601) - 300;
        const Call call = make_call(her, seconds, 1.5, random);
        Signal echo = convolve(call.dry, rooms[room]);
        Signal mic(echo.size() + kRate);
        const auto gain = static_cast<float>(std::pow(10, level / 20));
        for (std::size_t i = 0; i < echo.size(); ++i) {
          mic[i + static_cast<std::size_t>(delay * 16)] = gain * echo[i];
        }
        add_noise(mic, noise, kNoisePower, random());
        std::vector<double> offsets;
        for (int i = 0; i < 7; ++i) {
          offsets.push_back(offset + static_cast<double>(random() % 21) - 10);
        }
        const double s = static_cast<double>(mic.size()) / kRate;
        if (const char* cell = std::getenv("CELL"); cell && cell != fmt::format("{}{:.0f}:{}", room + 1, level, delay)) continue;
        const Runs raw = count_runs(listen(mic, &call, offsets, **model, false).speech);
        const Verdicts verdicts = listen(mic, &call, offsets, **model, true);
        const Runs runs = count_runs(verdicts.speech);
        total.windows += runs.windows;
        total.short_runs += runs.short_runs;
        total.long_runs += runs.long_runs;
        total_s += s;
        fmt::print("{:4}  {:3.0f}  {:5}  {:6.0f} | {:17.0f}  {:6}  {:7} | {:14.1f}  {:6}  {:7} | {:.1f}\n",
                   room + 1, level, delay, offset, raw.windows * 60 / s, raw.short_runs,
                   raw.long_runs, runs.windows * 60 / s, runs.short_runs, runs.long_runs,
                   verdicts.guard_ms / s);
      }
    }
  }
  fmt::print("all: {:.0f} s, {} windows, {} runs of 96 ms, {} of 200 ms\n\n", total_s, total.windows,
             total.short_runs, total.long_runs);

  if (std::getenv("CELL")) return 0;
  fmt::print("The user over her; added: later than without her, of those heard within 1.5 s\n");
  fmt::print("room  dB   SER | clips  missed  added p50  p90  max\n");
  for (std::size_t room = 0; room <= rooms.size(); ++room) {
    for (const double level : {-6.0, -13.0}) {
      for (const double ser : {-6.0, 0.0, 6.0}) {
        if (room == rooms.size() && (level != -6.0)) continue;  // headphones: nothing comes back
        const Call call = make_call(her, 2 * seconds, 0.5, random);
        Signal echo(call.dry.size());
        if (room < rooms.size()) echo = convolve(call.dry, rooms[room]);
        const double echo_power =
            room < rooms.size() ? active_power(echo) * std::pow(10, level / 10) : 3e5;
        Signal mic(echo.size() + kRate);
        for (std::size_t i = 0; i < echo.size(); ++i) {
          mic[i + 120 * 16] = static_cast<float>(std::pow(10, level / 20)) * echo[i];
        }
        // A clip every 5 s, in mid-reply wherever that falls.
        std::vector<std::size_t> begins;
        Signal alone(mic.size());
        std::size_t clip = random() % users.size();
        for (std::size_t at = 4 * kRate; at + 5 * kRate < mic.size(); at += 5 * kRate + random() % kRate) {
          const Pcm& user = users[clip++ % users.size()];
          Signal voice(user.begin(), user.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(user.size(), 2 * kRate)));
          const auto gain = static_cast<float>(std::sqrt(echo_power * std::pow(10, ser / 10) / active_power(voice)));
          for (std::size_t i = 0; i < voice.size(); ++i) alone[at + i] = gain * voice[i];
          begins.push_back(at);
        }
        for (std::size_t i = 0; i < mic.size(); ++i) mic[i] += alone[i];
        const std::size_t from = random();
        add_noise(mic, noise, kNoisePower, from);
        add_noise(alone, noise, kNoisePower, from);
        const auto reference = listen(alone, nullptr, {0}, **model, false);
        const auto verdicts = listen(mic, &call, {-70.0, -60.0, -75.0}, **model, true);
        std::vector<double> added;
        int missed = 0;
        int clips = 0;
        for (const std::size_t begin : begins) {
          const auto clean = detected_ms(reference.speech, begin, 2 * kRate);
          if (!clean) continue;
          ++clips;
          const auto over = detected_ms(verdicts.speech, begin, 2 * kRate);
          if (!over || *over - *clean > 1500) {
            ++missed;
          } else {
            added.push_back(*over - *clean);
          }
        }
        fmt::print("{:4}  {:3.0f}  {:4.0f} | {:5}  {:6}  {:9.0f} {:4.0f} {:4.0f}\n",
                   room < rooms.size() ? std::to_string(room + 1) : "none", level, ser, clips, missed,
                   percentile(added, 0.5), percentile(added, 0.9), percentile(added, 1));
      }
    }
  }
  return 0;
}
