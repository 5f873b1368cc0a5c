#include "bench/end_of_turn_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "turn/make_end_of_turn.h"

namespace eva::bench {
namespace {

constexpr Duration kWindow = samples_to_duration(vad::kWindow, vad::kRate);
constexpr Duration kAtTheEnd = 100ms;

struct Decision {
  Duration speech_end{};  // before the pause
  Duration at{};
};

/// Notes when the EndOfTurn that is judged would have ended the turn, and lets the turn go on.
class Judge final : public turn::EndOfTurn {
 public:
  Judge(std::unique_ptr<turn::EndOfTurn> judged, std::vector<Decision>& decisions,
        const Duration& now)
      : judged_(std::move(judged)), decisions_(decisions), now_(now) {}

  turn::Evidence wanted() const override { return judged_->wanted(); }
  Duration earliest() const override { return judged_->earliest(); }
  Duration silence_needed(const turn::Pause& pause) override {
    const bool decided = !decisions_.empty() && decisions_.back().speech_end == pause.speech_end;
    if (!decided && now_ - pause.speech_end >= judged_->silence_needed(pause)) {
      decisions_.push_back({pause.speech_end, now_});
    }
    return 1h;
  }

 private:
  std::unique_ptr<turn::EndOfTurn> judged_;
  std::vector<Decision>& decisions_;
  const Duration& now_;
};

constexpr std::array<std::pair<const char*, turn::EndOfTurnKind>, 4> kKinds{
    {{"silence", turn::EndOfTurnKind::kSilence},
     {"dynamic", turn::EndOfTurnKind::kDynamic},
     {"smart", turn::EndOfTurnKind::kSmart},
     {"auto", turn::EndOfTurnKind::kAuto}}};

std::string percent(std::optional<double> share) {
  return share ? fmt::format("{:.1f}", 100 * *share) : "-";
}
std::string milliseconds(std::optional<Duration> time) {
  return time ? fmt::format("{}", to_ms(*time)) : "-";
}

}  // namespace

Verdict judge(const HeardTurn& turn, turn::EndOfTurnKind kind, Duration silence, Duration stt_after,
              const Delays& delays) {
  std::vector<Decision> decisions;
  Duration now{};
  turn::TurnSettings settings;
  settings.max_turn = 1h;
  settings.stt_after = stt_after;
  turn::TurnMachine machine(
      settings,
      std::make_unique<Judge>(turn::make_end_of_turn(kind, silence, true), decisions, now));
  const turn::Evidence wanted = turn::make_end_of_turn(kind, silence, true)->wanted();
  const Duration delay = std::max(wanted.text ? delays.text : Duration{},
                                  wanted.probability ? delays.probability : Duration{});
  std::vector<std::pair<Duration, Duration>> asked;  // a pause's speech end, when it was reported
  for (const float probability : turn.vad) {
    now += kWindow;
    for (const auto& event : machine.on_window(probability, now, kWindow)) {
      const auto* paused = std::get_if<turn::SpeechPaused>(&event);
      if (!paused) continue;
      asked.emplace_back(paused->speech_end, now);
      const auto pause =
          std::ranges::find(turn.pauses, paused->speech_end, &HeardPause::speech_end);
      const bool heard = pause != turn.pauses.end() && !pause->probabilities.empty();
      machine.set_text(heard ? std::optional(pause->text) : std::nullopt);
      machine.set_probability(heard ? std::optional(pause->probabilities.front()) : std::nullopt);
    }
  }
  Verdict verdict;
  for (Decision& decision : decisions) {
    const auto when =
        std::ranges::find(asked, decision.speech_end, &std::pair<Duration, Duration>::first);
    if (when != asked.end()) decision.at = std::max(decision.at, when->second + delay);
    if (decision.at < turn.speech_end - kAtTheEnd) {
      verdict.cut = true;
    } else if (!verdict.dead_air) {
      verdict.dead_air = decision.at - turn.speech_end;
    }
  }
  return verdict;
}

std::optional<double> Curve::cut_at(Duration limit) const {
  std::optional<double> least;
  for (const Point& point : points) {
    if (point.mean_dead_air <= limit) least = std::min(least.value_or(1), point.cut);
  }
  return least;
}

std::optional<Duration> Curve::dead_air_at(double cut) const {
  std::optional<Duration> least;
  for (const Point& point : points) {
    if (point.cut <= cut) least = std::min(least.value_or(1h), point.mean_dead_air);
  }
  return least;
}

std::vector<Curve> sweep(const std::vector<HeardTurn>& turns, std::string_view set, bool held_out,
                         Duration stt_after, const Delays& delays) {
  std::vector<Curve> curves;
  for (const auto& [name, kind] : kKinds) {
    Curve& curve = curves.emplace_back(Curve{.name = name});
    for (Duration silence = 100ms; silence <= 3500ms; silence += silence < 1s ? 20ms : 100ms) {
      std::size_t count = 0;
      std::size_t cut = 0;
      std::size_t ended = 0;
      Duration dead_air{};
      for (const HeardTurn& turn : turns) {
        if (turn.held_out != held_out || (!set.empty() && turn.set != set)) continue;
        const Verdict verdict = judge(turn, kind, silence, stt_after, delays);
        ++count;
        cut += verdict.cut ? 1 : 0;
        if (!verdict.dead_air) continue;
        ++ended;
        dead_air += *verdict.dead_air;
      }
      if (count == 0 || ended == 0) return {};
      curve.turns = count;
      curve.points.push_back({silence, static_cast<double>(cut) / static_cast<double>(count),
                              dead_air / static_cast<Duration::rep>(ended)});
    }
  }
  return curves;
}

std::string table(const std::vector<Curve>& curves) {
  std::string out = fmt::format("{:>10}  {:^26}  {:^19}\n{:>10}  {:>8} {:>8} {:>8}  {:>9} {:>9}\n",
                                "", "cut-offs, % of turns, at", "dead air, ms, at", "", "300 ms",
                                "500 ms", "800 ms", "5 %", "10 %");
  for (const Curve& curve : curves) {
    out += fmt::format("{:>10}  {:>8} {:>8} {:>8}  {:>9} {:>9}\n", curve.name,
                       percent(curve.cut_at(300ms)), percent(curve.cut_at(500ms)),
                       percent(curve.cut_at(800ms)), milliseconds(curve.dead_air_at(0.05)),
                       milliseconds(curve.dead_air_at(0.10)));
  }
  return out;
}

std::string plot(const std::vector<Curve>& curves, const std::string& title) {
  constexpr double kLeft = 64;
  constexpr double kTop = 48;
  constexpr double kWidth = 620;
  constexpr double kHeight = 370;
  constexpr double kLongest = 2000;  // ms
  constexpr std::array<const char*, 4> kColours{"#6b7280", "#d97706", "#2563eb", "#059669"};
  const auto x = [](double ms) { return kLeft + kWidth * ms / kLongest; };
  const auto y = [](double share) { return kTop + kHeight * (1 - share); };
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"480\" "
      "font-family=\"sans-serif\" font-size=\"13\">\n"
      "<rect width=\"720\" height=\"480\" fill=\"#fff\"/>\n";
  out += fmt::format("<text x=\"{}\" y=\"28\" font-size=\"16\">{}</text>\n", kLeft, title);
  for (int percent = 0; percent <= 100; percent += 20) {
    const double at = y(percent / 100.0);
    out += fmt::format(
        "<path d=\"M{} {}h{}\" stroke=\"#e5e7eb\"/><text x=\"{}\" y=\"{}\" "
        "text-anchor=\"end\">{} %</text>\n",
        kLeft, at, kWidth, kLeft - 8, at + 4, percent);
  }
  for (int ms = 0; ms <= 2000; ms += 250) {
    out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x(ms),
                       kTop + kHeight + 20, ms);
  }
  out += fmt::format(
      "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">mean dead air, ms</text>\n"
      "<text x=\"16\" y=\"{}\" transform=\"rotate(-90 16 {})\" "
      "text-anchor=\"middle\">turns cut off</text>\n",
      kLeft + kWidth / 2, kTop + kHeight + 42, kTop + kHeight / 2, kTop + kHeight / 2);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    std::string line;
    for (const Point& point : curves[i].points) {
      const double ms = static_cast<double>(to_ms(point.mean_dead_air));
      if (ms > kLongest) continue;
      line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", x(ms), y(point.cut));
    }
    const char* colour = kColours[i % kColours.size()];
    const double legend = kTop + 20 + 20 * static_cast<double>(i);
    out += fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2.5\"/>"
        "<path d=\"M{} {}h24\" stroke=\"{}\" stroke-width=\"2.5\"/><text x=\"{}\" "
        "y=\"{}\">{}</text>\n",
        line, colour, kLeft + kWidth - 110, legend - 4, colour, kLeft + kWidth - 80, legend,
        curves[i].name);
  }
  return out + "</svg>\n";
}

}  // namespace eva::bench
