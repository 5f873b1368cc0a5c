#pragma once
// A model that hears whether a turn is over.
#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "speech/call.h"

namespace eva::speech {

/// Lives on the session's loop; the work is done elsewhere.
class TurnModel {
 public:
  virtual ~TurnModel() = default;
  /// How much of a turn it wants, the newest: samples at 16 kHz.
  virtual std::size_t samples_wanted() const = 0;
  /// `pcm`: the turn so far with the pause in which it is asked, mono, 16 kHz. `done` runs exactly
  /// once, later, with the probability (0..1) that the turn is over, unless the handle dies first.
  /// Errors: kTimeout (not in time to be of use), kOverloaded, kUnavailable.
  [[nodiscard]] virtual CallHandle score(std::vector<std::int16_t> pcm,
                                         std::move_only_function<void(Result<double>)> done) = 0;
};

}  // namespace eva::speech
