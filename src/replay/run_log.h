#pragma once
// What a run of a call came to, gathered while it happens, for the table and the timeline.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "session/tap.h"

namespace eva::replay {

/// All times are session times.
struct Span {
  Time begin{};
  Time end{};
};
/// One exchange.
struct Turn {
  session::TurnRecord record;
  std::optional<Span> speech;  // of the user, from the first to the last speech
};
/// One request to an engine.
struct Request {
  enum class Kind { kStt, kLlm, kTts };
  Kind kind = Kind::kStt;
  TurnId turn;
  std::size_t piece = 0;
  Span span;
  bool answered = false;  // else it was cancelled, or was under way at the end
};
/// Audio of a reply as the listener hears it, what arrives at once playing at once or behind what
/// is still playing.
struct Heard {
  std::string response_id;
  Span span;
  bool ducked = false;
};
/// A decision.
struct Mark {
  Time at;
  std::string what;
};

class RunLog final : public session::Tap {
 public:
  void on_event(const session::Event& event, Time now) override;
  void on_actions(std::span<const session::Action> actions) override;
  void on_failed(std::string_view what) override { mark("failed: " + std::string(what)); }

  /// After the last event: a reply that is still under way becomes a turn, with what is known.
  void finish();

  const std::vector<Turn>& turns() const { return turns_; }
  const std::vector<Request>& requests() const { return requests_; }
  const std::vector<Heard>& heard() const { return heard_; }
  const std::vector<Mark>& marks() const { return marks_; }
  /// Of the user's turns, with the pause that ended each.
  const std::vector<Span>& user_turns() const { return user_turns_; }
  /// From the request for an answer to its first sound, or to its end without one.
  const std::vector<Span>& thinking() const { return thinking_; }
  /// Eva as heard, 24 kHz, from the first event on.
  const std::vector<std::int16_t>& eva() const { return eva_; }
  Time begin() const { return begin_.value_or(Time{}); }
  Time end() const { return now_; }

 private:
  void follow_reply(const session::Notice& notice);
  void on_notice(const session::Notice& notice);
  void close(const session::TurnRecord& record);
  void mark(std::string what) { marks_.push_back({now_, std::move(what)}); }
  void finish_request(Request::Kind kind, TurnId turn, std::size_t piece, bool answered);
  /// The session time at which the caller spoke what stands at a media time.
  Time spoken_at(Duration media) const;

  std::optional<Time> begin_;
  Time now_{};
  std::int64_t received_ = 0;                        // samples of the caller, 16 kHz
  std::vector<std::pair<Duration, Time>> arrivals_;  // media time received, and when
  std::optional<Time> speech_since_;
  std::vector<Turn> turns_;
  std::vector<Request> requests_;
  std::vector<Heard> heard_;
  std::vector<Mark> marks_;
  std::vector<Span> user_turns_;
  std::vector<Span> thinking_;
  std::vector<std::int16_t> eva_;
  bool ducked_ = false;
  std::string user_text_;                     // of the last turn whose reply has not come
  std::optional<Time> user_ended_at_;         // the same
  std::optional<session::TurnRecord> reply_;  // that is under way
};

}  // namespace eva::replay
