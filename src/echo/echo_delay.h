#pragma once
// Decides, search by search, how late the echo is.
#include <cstdint>
#include <optional>

#include "echo/delay_search.h"

namespace eva::echo {

/// One search proves nothing in a reverberant room; several that agree do. Between two replies the
/// delay may move by some milliseconds, since nobody knows exactly when a listener begins to play.
class EchoDelay {
 public:
  enum class Change {
    kNone,
    kConfirmed,  // after unsettle(): as before, or moved with the same room
    kFound,      // a delay where none was known, or quite another one
    kLost,       // what was found shows itself no longer: it was chance, or is headphones now
  };

  /// `doubtful`: an echo is unlikely, so that more evidence is asked for.
  /// `sounding`: she is to be heard now, so that a true delay shows itself again.
  Change on_search(const DelaySearch::Found& found, bool doubtful, bool sounding);
  /// A new reply begins to be heard.
  void unsettle();

  /// Samples at 16 kHz; nullopt before an echo was found.
  std::optional<std::int64_t> delay() const { return delay_; }
  /// False from unsettle() until a search confirms or moves the delay.
  bool settled() const { return settled_; }
  /// The last searches found nothing that stands out.
  bool nothing_like_her() const { return likeness_ < kBlank; }

 private:
  static constexpr float kBlank = 4.4F;

  std::optional<std::int64_t> delay_;
  std::int64_t anchor_ = 0;  // what the search said when delay_ was right
  bool settled_ = false;
  std::optional<std::int64_t> candidate_;
  float evidence_ = 0;  // for the candidate
  float likeness_ = 6;  // DelaySearch::Found::strength of late
  int strangers_ = 0;   // searches since one agreed with delay_
};

}  // namespace eva::echo
