#pragma once
// Paces one reply's audio to the listener and knows what was heard.
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"

namespace eva::session {

/// 24 kHz samples of one piece of speech: a voice that streams on for longer over one piece of 200
/// characters will not stop by itself.
inline constexpr std::int64_t kLongestPiece = 60 * 24'000;

/// Sends 20 ms frames so that the listener's buffer never holds more than `lead`. The listener is
/// modelled as playing what arrives at once and without gaps: heard() follows from the times at
/// which frames were sent; when the buffer runs dry the clock of the listener stops. A client that
/// reports what it really played corrects the model (Session, TruncateItem). No clock inside; not
/// thread-safe.
class Playout {
 public:
  static constexpr int kRate = 24'000;
  static constexpr int kFrame = kRate / 50;  // 20 ms

  explicit Playout(Duration lead = 200ms) : lead_(duration_to_samples(lead, kRate)) {}

  /// A new reply begins; what is left of the last one is dropped.
  void start();
  /// Appends audio of the reply, any length.
  void push(std::span<const std::int16_t> pcm);
  /// No more audio will come: the last frame may be shorter than 20 ms.
  void finish() { finished_ = true; }
  /// Drops what was not sent. heard() stays true.
  void flush();

  /// The next frame that is due at `now`, or empty. Valid until the next call.
  std::span<const std::int16_t> next_frame(Time now);
  /// When the next frame will be due, or nullopt if there is none to send.
  std::optional<Time> next_frame_at() const;

  /// Samples of this reply that the listener has heard at `now`.
  std::int64_t heard(Time now) const;
  /// When all that was sent will have been heard; nullopt before the first frame.
  std::optional<Time> heard_all_at() const;
  bool audible(Time now) const { return heard(now) < sent_; }

  std::int64_t sent() const { return sent_; }
  std::int64_t pushed() const { return sent_ + static_cast<std::int64_t>(queue_.size()); }
  /// Nothing is waiting to be sent and nothing will come.
  bool sent_all() const { return finished_ && queue_.empty(); }

 private:
  std::int64_t lead_;
  std::deque<std::int16_t> queue_;
  std::vector<std::int16_t> frame_;
  bool finished_ = false;
  std::int64_t sent_ = 0;
  // The listener has heard anchor_heard_ samples at anchor_, and plays on from there.
  Time anchor_{};
  std::int64_t anchor_heard_ = 0;
};

}  // namespace eva::session
