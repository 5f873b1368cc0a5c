#pragma once
// A conversation through a microphone and a loudspeaker.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "audio/resampler.h"
#include "base/executor.h"
#include "cli/captions.h"
#include "device/sound_devices.h"
#include "session/session_host.h"

namespace eva::cli {

struct LiveSound {
  device::Microphone& microphone;
  device::Loudspeaker& loudspeaker;
};

/// Fetches the microphone every 10 ms for as long as it lives; plays what the session sends and
/// falls silent when it is interrupted. Lives on one executor.
class LiveCall : public session::NoticeSink {
 public:
  /// What is given outlives the call. `on_end` runs once, if the call ends by itself: Eva has said
  /// goodbye after a long silence (empty), or why it broke. Destroy it later, not inside.
  LiveCall(Executor& executor, session::SessionParts parts, session::Engines engines,
           LiveSound sound, Captions& captions, std::function<void(std::string)> on_end,
           session::Tap* tap = nullptr);
  ~LiveCall() override;
  LiveCall(const LiveCall&) = delete;
  LiveCall& operator=(const LiveCall&) = delete;

  /// Eva speaks first. Once; "" = she does not.
  void greet(const std::string& text);

  void on_notice(const session::Notice& notice, Time now) override;
  void on_failed(std::string_view what) override;

 private:
  void fetch();
  void end(std::string why);

  Executor& executor_;
  LiveSound sound_;
  Captions& captions_;
  std::function<void(std::string)> on_end_;
  session::SessionHost host_;
  audio::Resampler to_session_;
  audio::Resampler to_loudspeaker_;
  std::vector<std::int16_t> heard_;
  std::vector<std::int16_t> played_;
  TimerId next_fetch_ = 0;
  bool ended_ = false;
};

}  // namespace eva::cli
