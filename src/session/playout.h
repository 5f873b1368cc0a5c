#pragma once
// Paces one reply's audio to the listener, makes it quieter or holds it, and knows what was heard.
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "session/delivery.h"

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

  enum class Level {
    kFull,
    kDucked,  // -18 dB, reached over 20 ms
    kHeld,    // nothing is sent after a fade of 5 ms; afterwards she goes on at the gap before the
              // word in which she stopped, if it is near, else exactly there
  };

  explicit Playout(Duration lead) : lead_(duration_to_samples(lead, kRate)) {}

  /// A new reply begins at full level; what is left of the last one is dropped.
  void start();
  /// Appends audio of the reply, any length.
  void push(std::span<const std::int16_t> pcm);
  /// No more audio will come: the last frame may be shorter than 20 ms.
  void finish() { finished_ = true; }
  /// Drops what was not sent. heard() stays true.
  void flush();

  void set_level(Level level);
  Level level() const { return level_; }

  /// The next frame that is due at `now`, or empty. Valid until the next call.
  std::span<const std::int16_t> next_frame(Time now);
  /// When the next frame will be due, or nullopt if there is none to send.
  std::optional<Time> next_frame_at() const;

  /// Samples that the listener has heard of what was sent, at `now`.
  std::int64_t heard(Time now) const;
  /// When the listener hears the next sample that is sent, if it is sent at `now`.
  Time next_heard_at(Time now) const {
    return heard(now) == sent_ ? now : anchor_ + samples_to_duration(sent_ - anchor_heard_, kRate);
  }
  /// When all that was sent will have been heard; nullopt before the first frame.
  std::optional<Time> heard_all_at() const;
  bool audible(Time now) const { return heard(now) < sent_; }

  /// Samples sent, those sent twice counted twice.
  std::int64_t sent() const { return sent_; }
  /// Maps samples sent or heard to positions in the reply's audio.
  const Delivery& delivery() const { return delivery_; }
  /// Position in the reply's audio of what will be sent next.
  std::int64_t position() const { return position_; }
  /// Samples that wait to be sent.
  std::int64_t waiting() const {
    return first_ + static_cast<std::int64_t>(audio_.size()) - position_;
  }
  /// Nothing is waiting to be sent and nothing will come.
  bool sent_all() const { return finished_ && waiting() == 0; }

 private:
  std::int64_t next_length() const;

  std::int64_t lead_;
  std::deque<std::int16_t> audio_;  // the last second that was sent, and all that waits
  std::int64_t first_ = 0;          // position of audio_.front()
  std::int64_t position_ = 0;
  std::vector<std::int16_t> frame_;
  bool finished_ = false;
  Level level_ = Level::kFull;
  double gain_ = 1;  // of the last sample sent
  std::int64_t sent_ = 0;
  Delivery delivery_;
  // The listener has heard anchor_heard_ samples at anchor_, and plays on from there.
  Time anchor_{};
  std::int64_t anchor_heard_ = 0;
};

}  // namespace eva::session
