#pragma once
// What the engines of a recorded call were asked and what they answered, to be asked again.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "session/tap.h"

namespace eva::replay {

/// A stretch of the caller's audio: samples at 16 kHz since the call began.
struct Stretch {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// A tap on an exact replay. Times of answers count from their request; `after` is that of the end,
/// or of the cancellation if there is no result.
class ReplyBook final : public session::Tap {
 public:
  struct Stt {
    Stretch stretch;
    std::uint64_t hash = 0;  // of the audio
    Time asked;
    Duration after{};
    std::optional<Result<speech::Transcript>> result;  // nullopt: it was cancelled before
  };
  struct Partials {
    std::int64_t began = 0;  // samples that had come when they were asked for
    std::vector<std::pair<Time, speech::PartialTranscript>> all;
  };
  struct Score {
    Stretch stretch;
    Time asked;
    Duration after{};
    std::optional<Result<double>> result;
  };
  struct Llm {
    speech::LlmRequest request;
    Time asked;
    std::vector<std::pair<Duration, std::string>> texts;
    Duration after{};
    std::optional<Result<speech::LlmUsage>> result;
  };
  struct Tts {
    std::string text;
    Time asked;
    std::vector<std::pair<Duration, std::vector<std::int16_t>>> audio;
    Duration after{};
    std::optional<Result<>> result;
  };

  void on_event(const session::Event& event, Time now) override;
  void on_actions(std::span<const session::Action> actions) override;
  void on_failed(std::string_view) override {}

  const std::vector<Stt>& stt() const { return stt_; }
  const std::vector<Partials>& partials() const { return partials_; }
  const std::vector<Score>& scores() const { return scores_; }
  const std::vector<Llm>& llm() const { return llm_; }
  const std::vector<Tts>& tts() const { return tts_; }

 private:
  template <typename Entry>
  void cancel(std::vector<Entry>& entries, const std::map<TurnId, std::size_t>& of, TurnId turn) {
    const auto found = of.find(turn);
    if (found == of.end() || entries[found->second].result) return;
    entries[found->second].after = now_ - entries[found->second].asked;
  }
  Stretch last(std::size_t samples) const {
    return {received_ - static_cast<std::int64_t>(samples), received_};
  }

  Time now_{};
  std::int64_t received_ = 0;
  std::vector<Stt> stt_;
  std::vector<Partials> partials_;
  std::vector<Score> scores_;
  std::vector<Llm> llm_;
  std::vector<Tts> tts_;
  // Where the answers to what is under way go: indices of the above.
  std::map<TurnId, std::size_t> stt_of_;
  std::map<TurnId, std::size_t> partials_of_;
  std::map<TurnId, std::size_t> score_of_;
  std::map<TurnId, std::size_t> llm_of_;
  std::map<std::pair<TurnId, std::size_t>, std::size_t> tts_of_;
};

}  // namespace eva::replay
