#include "cli/recorded_call.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.h"

#include "session/input_audio.h"
#include "session/playout.h"

namespace eva::cli {
namespace {

using nlohmann::ordered_json;

constexpr int kRate = session::Playout::kRate;
constexpr std::size_t kChunk = session::InputAudio::kRate / 50;
constexpr Duration kQuiet = 2s;
constexpr Duration kPatience = 60s;

ordered_json position(Duration at) {
  return {{"sample", duration_to_samples(at, kRate)},
          {"ms", static_cast<double>(at.count()) / 1000}};
}

}  // namespace

RecordedCall::RecordedCall(Executor& executor, session::SessionParts parts,
                           session::Engines engines, std::vector<std::int16_t> user,
                           std::function<void()> on_end, session::Tap* tap)
    : executor_(executor),
      user_(std::move(user)),
      on_end_(std::move(on_end)),
      host_(executor, std::move(parts), engines, *this, tap),
      start_(executor.now()) {
  next_feed_ = executor_.call_at(start_ + 20ms, [this] { feed(); });
}

RecordedCall::~RecordedCall() {
  executor_.cancel(next_feed_);
}

void RecordedCall::greet(const std::string& text) {
  if (!text.empty()) host_.deliver(session::Greet{text});
}

Duration RecordedCall::fed_time() const {
  return samples_to_duration(static_cast<std::int64_t>(fed_), session::InputAudio::kRate);
}

// A chunk is delivered when its last sample has been spoken.
void RecordedCall::feed() {
  std::vector<std::int16_t> chunk(kChunk);
  if (fed_ < user_.size()) {
    const std::size_t n = std::min(kChunk, user_.size() - fed_);
    std::copy_n(user_.begin() + static_cast<std::ptrdiff_t>(fed_), n, chunk.begin());
  }
  fed_ += kChunk;
  host_.deliver(session::AudioReceived{chunk});
  if (over()) {
    // A reply that outlasts our patience is hung up on; its turn belongs in the ledger too.
    if (open_turns_ > 0) host_.deliver(session::CancelReply{});
    on_end_();
    return;
  }
  next_feed_ = executor_.call_at(start_ + fed_time() + 20ms, [this] { feed(); });
}

bool RecordedCall::over() const {
  if (fed_ < user_.size()) return false;
  const Duration recorded =
      samples_to_duration(static_cast<std::int64_t>(user_.size()), session::InputAudio::kRate);
  return (open_turns_ == 0 && fed_time() >= std::max(recorded, quiet_since_) + kQuiet) ||
         fed_time() >= recorded + kPatience;
}

void RecordedCall::on_failed(std::string_view what) {
  throw BugError(std::string(what));
}

void RecordedCall::on_notice(const session::Notice& notice, Time now) {
  const Duration at = now - start_;
  quiet_since_ = at;
  if (std::holds_alternative<session::UserSpeechStarted>(notice) ||
      std::holds_alternative<session::ReplyStarted>(notice)) {
    ++open_turns_;
  }
  if (std::holds_alternative<session::InputCommitted>(notice)) --open_turns_;
  if (const auto* audio = std::get_if<session::ReplyAudio>(&notice)) {
    // The listener plays what arrives at once, or after what is still playing.
    const auto arrived = static_cast<std::size_t>(duration_to_samples(at, kRate));
    if (eva_.size() < arrived) eva_.resize(arrived);
    eva_.insert(eva_.end(), audio->pcm.begin(), audio->pcm.end());
  }
  if (const auto* closed = std::get_if<session::TurnClosed>(&notice)) {
    const auto& record = closed->record;
    if (!record.response_id.empty()) --open_turns_;
    if (record.interrupted) {
      const auto stopped = static_cast<std::size_t>(duration_to_samples(at, kRate));
      if (eva_.size() > stopped) eva_.resize(stopped);
    }
    turns_.push_back(record);
  }
}

std::string RecordedCall::ledger(const std::string& input) const {
  ordered_json turns = ordered_json::array();
  for (const auto& r : turns_) {
    const auto media = [](const std::optional<Duration>& at) {
      return at ? position(*at) : ordered_json(nullptr);
    };
    const auto clock = [&](const std::optional<Time>& at) {
      return at ? position(*at - start_) : ordered_json(nullptr);
    };
    const auto between = [](const std::optional<Time>& from, const std::optional<Time>& to) {
      return from && to ? ordered_json(static_cast<double>((*to - *from).count()) / 1000)
                        : ordered_json(nullptr);
    };
    ordered_json overlaps = ordered_json::array();
    for (const auto& overlap : r.overlaps) {
      overlaps.push_back({{"start", position(overlap.start)},
                          {"ducked", clock(overlap.ducked_at)},
                          {"held", clock(overlap.held_at)},
                          {"judged", clock(overlap.judged_at)},
                          {"stopped", overlap.stopped},
                          {"words", overlap.words}});
    }
    turns.push_back(
        {{"user",
          {{"speech_start", media(r.speech_start)},
           {"speech_end", media(r.speech_end)},
           {"turn_ended", clock(r.turn_ended_at)},
           {"stt_started", clock(r.stt_started_at)},
           {"stt_final", clock(r.stt_final_at)},
           {"text", r.user_text}}},
         {"eva", r.response_id.empty()
                     ? ordered_json(nullptr)
                     : ordered_json{{"asked", clock(r.reply_started_at)},
                                    {"first_token", clock(r.first_token_at)},
                                    {"first_audio", clock(r.first_audio_at)},
                                    {"first_audible", clock(r.first_audible_at)},
                                    {"text", r.reply_text},
                                    {"overlaps", std::move(overlaps)},
                                    {"interrupted", r.interrupted ? clock(r.interrupted_at)
                                                                  : ordered_json(nullptr)},
                                    {"heard_text", r.heard_text},
                                    {"heard_ms", static_cast<double>(r.heard.count()) / 1000}}},
         {"ms",
          {{"endpointing", between(r.speech_end_at, r.turn_ended_at)},
           {"stt", between(r.stt_started_at, r.stt_final_at)},
           {"brain", between(r.reply_started_at, r.first_token_at)},
           {"voice", between(r.first_token_at, r.first_audio_at)},
           {"voice_to_voice", between(r.speech_end_at, r.first_audible_at)}}},
         {"speculation",
          {{"tried", r.speculations},
           {"used", r.speculation_used},
           {"wasted_characters", r.wasted_characters},
           {"wasted_voice_ms", static_cast<double>(r.wasted_voice.count()) / 1000}}},
         {"error", r.error.empty() ? ordered_json(nullptr) : ordered_json(r.error)}});
  }
  const ordered_json out{{"input", input},
                         {"sample_rate", kRate},
                         {"duration", position(length())},
                         {"turns", std::move(turns)}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace eva::cli
