#pragma once
// One client on a WebSocket: its events become session events, the session's notices its events.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "audio/resampler.h"
#include "base/executor.h"
#include "io/websocket.h"
#include "session/session_host.h"
#include "transport/client_event.h"
#include "transport/realtime_session.h"
#include "transport/realtime_writer.h"

namespace eva::transport {

struct RealtimeLimits {
  Duration audio_ahead = 2s;       // audio faster than real time is refused beyond this
  Duration session = 60min;        // a call is ended after this
  double events_per_second = 500;  // sustained; after a burst of as many, reading waits
};

/// What a connection is made of; everything referenced outlives it.
struct RealtimeParts {
  RealtimeSession session;  // the server's defaults
  std::function<session::SessionParts(const session::Settings&)> make_session;
  session::Engines engines;
  session::NoticeSink* observer = nullptr;  // metrics, told before the client
  session::Tap* tap = nullptr;              // listens to the session
  RealtimeLimits limits;
  std::string greeting;   // spoken after the client's first event, "" = none
  std::string id_suffix;  // the same as in the session's parts
  std::int64_t now_unix = 0;
};

/// Lives on the connection's loop. A frame's way: WebSocket → on_text here (decode, resample) →
/// SessionHost::deliver → Session → Vad, one call chain on one thread.
class RealtimeConnection : public session::NoticeSink {
 public:
  /// `on_closed` runs once when the connection has ended; it may destroy this.
  RealtimeConnection(Executor& executor, std::unique_ptr<io::WebSocket> socket, RealtimeParts parts,
                     std::move_only_function<void()> on_closed);
  ~RealtimeConnection() override;

  /// Says goodbye (close 1001): the server stops or the call's time is over.
  void close(std::string reason);
  const std::string& id() const { return host_.session().id(); }

  void on_notice(const session::Notice& notice, Time now) override;
  void on_failed(std::string_view what) override;

 private:
  void on_text(std::string_view text);
  void on_event(BadEvent& event);
  void on_event(AppendAudio& event);
  void on_event(UpdateSession& event);
  void on_event(CreateAudioItem& event);
  void on_event(session::Event& event);

  // Long audio is resampled a second at a time, between which other sessions have their turn.
  struct LongAudio {
    std::vector<std::int16_t> wire;
    std::size_t next = 0;
    std::optional<session::CreateItem> item;  // that it belongs to; else it is appended
  };
  void take(LongAudio audio);
  void take_slice();
  void read_on();

  // Bytes in the input format to samples at the wire's rate; an error if they are no whole samples.
  std::optional<ClientError> decode(std::span<const std::uint8_t> bytes,
                                    std::vector<std::int16_t>& pcm) const;
  void refuse(std::string event_id, ClientError error);
  void count_event();
  bool too_fast(Duration audio);

  Executor& executor_;
  std::unique_ptr<io::WebSocket> socket_;
  RealtimeSession session_;
  RealtimeLimits limits_;
  session::NoticeSink* observer_;
  std::move_only_function<void()> on_closed_;
  RealtimeWriter writer_;
  session::SessionHost host_;
  audio::Resampler resampler_;
  audio::Resampler item_resampler_;
  std::string greeting_;
  TimerId end_timer_ = 0;
  std::optional<LongAudio> long_audio_;  // nothing is read meanwhile
  TimerId slice_timer_ = 0;
  TimerId rate_timer_ = 0;  // nothing is read until it fires
  // Leaky buckets: how far the client is ahead of what it may send.
  double events_level_ = 0;
  Time events_at_{};
  Duration audio_level_{};
  Time audio_at_{};
};

}  // namespace eva::transport
