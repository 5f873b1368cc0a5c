#include "bench/overlap_call.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "bench/stimuli.h"
#include "session/input_audio.h"
#include "session/playout.h"

namespace eva::bench {
namespace {

constexpr int kOut = session::Playout::kRate;
constexpr std::int64_t kFrame = kOut / 100;
constexpr Duration kAfter = 4s;  // listened to after the caller's sound has ended

// The client's ear.
class Listener final : public session::NoticeSink {
 public:
  explicit Listener(const sim::World& world) : world_(world) {}

  void on_notice(const session::Notice& notice, Time now) override {
    if (const auto* audio = std::get_if<session::ReplyAudio>(&notice)) {
      if (heard.size() < samples(now)) heard.resize(samples(now));
      if (!first) first = now;
      heard.insert(heard.end(), audio->pcm.begin(), audio->pcm.end());
    } else if (std::holds_alternative<session::UserSpeechStarted>(notice)) {
      if (!announced) announced = now;
      if (heard.size() > samples(now)) heard.resize(samples(now));
    } else if (const auto* closed = std::get_if<session::TurnClosed>(&notice)) {
      if (!closed->record.response_id.empty()) record = closed->record;
    }
  }
  void on_failed(std::string_view what) override { throw BugError(std::string(what)); }

  std::size_t samples(Time at) const {
    return static_cast<std::size_t>(duration_to_samples(at - Time{}, kOut));
  }

  std::vector<std::int16_t> heard;
  std::optional<Time> first;
  std::optional<Time> announced;
  std::optional<session::TurnRecord> record;

 private:
  const sim::World& world_;
};

// In dB of full scale, of the frame that begins at `sample`.
double level(std::span<const std::int16_t> pcm, std::int64_t sample) {
  double squares = 0;
  for (std::int64_t i = sample; i < sample + kFrame; ++i) {
    const double x = i < std::ssize(pcm) ? pcm[static_cast<std::size_t>(i)] / 32768.0 : 0;
    squares += x * x;
  }
  return 10 * std::log10(squares / kFrame + 1e-12);
}

void measure(const Listener& listener, Time onset, Time end, OverlapResult& out) {
  const auto from = static_cast<std::int64_t>(listener.samples(onset));
  const auto to = static_cast<std::int64_t>(listener.samples(end));
  std::int64_t quiet_from = -1;
  const auto since = [&](std::int64_t at) { return samples_to_duration(at - from, kOut); };
  for (std::int64_t at = from; at < to; at += kFrame) {
    const double now = level(listener.heard, at);
    if (now >= -55) {
      quiet_from = -1;
      continue;
    }
    if (quiet_from < 0) quiet_from = at;
    const Duration silence = samples_to_duration(at + kFrame - quiet_from, kOut);
    if (since(quiet_from) <= 2s) out.pause = std::max(out.pause, silence);
    if (!out.silent && silence >= 300ms) out.silent = since(quiet_from);
  }
}

void add(std::span<const float> echo, std::span<std::int16_t> chunk) {
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    chunk[i] = static_cast<std::int16_t>(
        std::clamp(std::lround(static_cast<float>(chunk[i]) + echo[i]), -32768L, 32767L));
  }
}

}  // namespace

OverlapResult overlap_call(sim::World& world, session::SessionParts parts, session::Engines engines,
                           const std::string& speech, const OverlapClip& clip, Duration at,
                           EchoRoom* room) {
  EVA_CHECK(parts.settings.turn_detection && !parts.settings.turn_detection->create_response);
  Listener listener(world);
  session::SessionHost host(world, std::move(parts), engines, listener);
  std::vector<std::int16_t> script(
      static_cast<std::size_t>(duration_to_samples(at + 100ms, kRate)));  // the voice needs a while
  host.deliver(session::Greet{speech});
  std::size_t fed = 0;
  const auto feed = [&] {
    constexpr std::size_t kChunk = kRate / 50;
    std::vector<std::int16_t> chunk(kChunk);
    for (std::size_t i = 0; i < kChunk && fed + i < script.size(); ++i) chunk[i] = script[fed + i];
    fed += kChunk;
    world.run_until(Time{} + samples_to_duration(static_cast<std::int64_t>(fed), kRate));
    if (room) add(room->hear(listener.heard, kChunk), chunk);
    host.deliver(session::AudioReceived{chunk});
  };
  while (!listener.first) feed();
  const Time onset = *listener.first + at;
  script.resize(static_cast<std::size_t>(duration_to_samples(onset - clip.onset - Time{}, kRate)));
  script.insert(script.end(), clip.pcm.begin(), clip.pcm.end());
  const Duration length = samples_to_duration(std::ssize(clip.pcm), kRate);
  const Time end = onset + length - clip.onset + kAfter;
  while (world.now() < end) feed();
  OverlapResult result;
  measure(listener, onset, end, result);
  if (listener.announced) result.announced = *listener.announced - onset;
  if (listener.record) {
    result.stopped = listener.record->interrupted;
    result.kept = listener.record->heard_text;
    result.overlaps = listener.record->overlaps;
    for (auto& overlap : result.overlaps) overlap.start -= onset - Time{};
  }
  const Duration until = result.silent.value_or(end - onset) + (onset - Time{});
  listener.heard.resize(static_cast<std::size_t>(duration_to_samples(until, kOut)));
  result.heard = std::move(listener.heard);
  return result;
}

}  // namespace eva::bench
