#pragma once
// False cut-offs and dead air of every EndOfTurn, over turns that were heard before.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "bench/heard_turn.h"
#include "turn/turn_machine.h"

namespace eva::bench {

/// How long after its silence the evidence of a pause is there: a decision falls no earlier.
struct Delays {
  Duration text{};
  Duration probability{};
};

struct Verdict {
  bool cut = false;  // a pause before the end of the speech would have ended the turn
  std::optional<Duration>
      dead_air;  // from the end of the speech to the decision, had none been cut
};

/// Decides at every pause of the turn as if the others had been survived. `stt_after`: the silence
/// that the turn's evidence was asked at. A decision up to 100 ms
/// before the measured end of the speech is still at the end.
Verdict judge(const HeardTurn& turn, turn::EndOfTurnKind kind, Duration silence, Duration stt_after,
              const Delays& delays);

/// One silence setting of one kind over many turns.
struct Point {
  Duration silence{};
  double cut = 0;  // share of the turns
  Duration mean_dead_air{};
};

struct Curve {
  std::string name;
  std::size_t turns = 0;
  std::vector<Point> points;  // by rising silence

  /// The least share of cut turns at a mean dead air up to `limit`, nullopt if none is that quick.
  std::optional<double> cut_at(Duration limit) const;
  /// The least mean dead air with at most this share of cut turns.
  std::optional<Duration> dead_air_at(double cut) const;
};

/// For each kind, silences from 100 ms to 3.5 s. `set`: "" = all. `held_out`: the turns that no
/// setting was chosen on.
std::vector<Curve> sweep(const std::vector<HeardTurn>& turns, std::string_view set, bool held_out,
                         Duration stt_after, const Delays& delays);

/// A table for people.
std::string table(const std::vector<Curve>& curves);
/// The curves as an SVG picture, 720 x 480.
std::string plot(const std::vector<Curve>& curves, const std::string& title);

}  // namespace eva::bench
