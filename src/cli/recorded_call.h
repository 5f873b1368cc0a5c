#pragma once
// A conversation over a recording: feeds it to a session, listens to Eva as a client would, and
// keeps the ledger.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "session/session_host.h"

namespace eva::cli {

/// Lives on one executor: sim::World (faster than real time) or io::EventLoop (paced).
class RecordedCall : public session::NoticeSink {
 public:
  /// `user`: the recording at 16 kHz. Starts feeding at once, 20 ms at a time; `on_end` runs once,
  /// when the recording has been heard, Eva has finished and nobody has spoken for 2 s (at the
  /// latest a minute after the recording's end).
  RecordedCall(Executor& executor, session::SessionParts parts, session::Engines engines,
               std::vector<std::int16_t> user, std::function<void()> on_end,
               session::Tap* tap = nullptr);

  ~RecordedCall() override;
  RecordedCall(const RecordedCall&) = delete;
  RecordedCall& operator=(const RecordedCall&) = delete;

  /// Eva speaks first. Once, before anything is fed; "" = she does not.
  void greet(const std::string& text);

  void on_notice(const session::Notice& notice, Time now) override;
  void on_failed(std::string_view what) override;

  /// Eva as heard, 24 kHz, on the recording's clock.
  const std::vector<std::int16_t>& eva() const { return eva_; }
  /// The whole call's length on that clock.
  Duration length() const { return fed_time(); }
  const std::vector<session::TurnRecord>& turns() const { return turns_; }
  /// The ledger as JSON text (docs/ledger.md).
  std::string ledger(const std::string& input) const;

 private:
  void feed();
  Duration fed_time() const;
  bool over() const;

  Executor& executor_;
  std::vector<std::int16_t> user_;
  std::function<void()> on_end_;
  session::SessionHost host_;
  Time start_;
  TimerId next_feed_ = 0;
  std::size_t fed_ = 0;     // samples delivered, silence after the recording included
  Duration quiet_since_{};  // nothing has happened since
  int open_turns_ = 0;
  std::vector<std::int16_t> eva_;
  std::vector<session::TurnRecord> turns_;
};

}  // namespace eva::cli
