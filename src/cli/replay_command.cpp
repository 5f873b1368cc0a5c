#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <span>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "cli/commands.h"
#include "cli/replay_changes.h"
#include "replay/recording.h"
#include "replay/replay.h"
#include "replay/reply_book.h"
#include "replay/resimulate.h"
#include "replay/run_log.h"
#include "replay/timeline_svg.h"
#include "replay/turn_table.h"
#include "server/session_defaults.h"
#include "session/input_audio.h"
#include "session/playout.h"
#include "turn/make_end_of_turn.h"

namespace eva::cli {
namespace {

constexpr std::size_t kShown = 600;  // bytes of a decision that differs

int stop(const Error& error) {
  fmt::print(stderr, "eva replay: {}\n", error.detail);
  return 1;
}

std::string shown(const std::string& decision) {
  if (decision.empty()) return "nothing";
  return decision.size() <= kShown ? decision : decision.substr(0, kShown) + "...";
}

void print_head(const replay::Recording& recording) {
  const auto& header = recording.header;
  const Duration length =
      recording.events.empty() ? Duration{} : recording.events.back().at - header.start;
  fmt::print("Call of {}, {:.1f} s, recorded by Eva {}{}\n", header.started,
             static_cast<double>(length.count()) / 1e6, header.eva,
             header.redacted ? ", redacted: no sound, no text" : "");
  if (recording.end != "closed") fmt::print("It is not whole: {}\n", recording.end);
}

void print_difference(const replay::Recording& recording, const replay::Difference& difference) {
  fmt::print("Differs from {:.3f} s on (call.jsonl:{}, {}):\n  recorded: {}\n  now:      {}\n",
             static_cast<double>(difference.at.count()) / 1e6, difference.line, difference.event,
             shown(difference.recorded), shown(difference.replayed));
  if (recording.header.eva != EVA_VERSION) {
    fmt::print("It was recorded by Eva {}; this is {}.\n", recording.header.eva, EVA_VERSION);
  }
  if (recording.header.redacted) {
    fmt::print("Decisions that follow the words cannot be repeated from a redacted recording.\n");
  }
}

/// The caller as heard, on session time: chunk after chunk, or later after a gap in the stream.
std::vector<std::int16_t> user_track(const replay::Recording& recording) {
  constexpr Duration kGap = 200ms;
  std::vector<std::int16_t> out;
  for (const auto& recorded : recording.events) {
    const auto* audio = std::get_if<session::AudioReceived>(&recorded.event);
    if (!audio) continue;
    const Duration length = samples_to_duration(std::ssize(audio->pcm), session::InputAudio::kRate);
    const Duration begin = recorded.at - recording.header.start - length;
    const auto at = duration_to_samples(begin, session::InputAudio::kRate);
    const bool late =
        begin > samples_to_duration(std::ssize(out), session::InputAudio::kRate) + kGap;
    if (at > 0 && (late || out.empty())) out.resize(static_cast<std::size_t>(at));
    out.insert(out.end(), audio->pcm.begin(), audio->pcm.end());
  }
  return out;
}

Result<> write_sound(const std::string& file, const replay::Recording& recording,
                     const replay::RunLog& run) {
  if (recording.header.redacted) {
    return fail(ErrorCode::kBadInput, "--out: the recording is redacted, it holds no sound");
  }
  // Both from the recording's start on, which is the run's first event or just before.
  const auto late =
      duration_to_samples(run.begin() - recording.header.start, session::Playout::kRate);
  std::vector<std::int16_t> eva(static_cast<std::size_t>(std::max<std::int64_t>(late, 0)));
  eva.insert(eva.end(), run.eva().begin(), run.eva().end());
  const std::vector<std::vector<std::int16_t>> channels{
      audio::resample(user_track(recording), session::InputAudio::kRate, session::Playout::kRate),
      std::move(eva)};
  return audio::write_wav(file, session::Playout::kRate, channels);
}

Result<> write_text(const std::string& name, const std::string& text) {
  std::ofstream file(name, std::ios::binary);
  file << text;
  file.close();
  if (!file) return fail(ErrorCode::kIo, name + ": cannot be written");
  return {};
}

}  // namespace

int replay_command(const ReplayOptions& options) {
  const auto recording = replay::read_recording(options.folder);
  if (!recording) return stop(recording.error());
  auto change = parse_changes(options.sets, recording->header.lexicon);
  if (!change) return stop(change.error());

  replay::RunLog recorded;
  replay::ReplyBook book;
  const std::array<session::Tap*, 2> taps{&recorded, &book};
  // A session asks its model in every pause, and each answer is recorded.
  const bool has_turn_model = std::ranges::any_of(recording->events, [](const auto& event) {
    return std::holds_alternative<session::TurnScored>(event.event);
  });
  const auto end_of_turn = [has_turn_model](const turn::TurnSettings& settings) {
    return turn::make_end_of_turn(settings.end_of_turn, settings.silence, has_turn_model);
  };
  const auto again = replay::replay_exactly(*recording, end_of_turn, taps);
  if (!again) return stop(again.error());
  recorded.finish();
  print_head(*recording);
  if (again->difference) {
    print_difference(*recording, *again->difference);
  } else {
    fmt::print("{} events, {} decisions: the same\n", again->events, again->decisions);
  }
  const bool changes = !options.sets.empty();
  if (!changes) fmt::print("\n{}", replay::turn_table(recorded));

  std::vector<replay::Drawn> drawn{{"as recorded", &recorded}};
  replay::RunLog changed;
  if (changes) {
    const auto guesses =
        replay::resimulate(*recording, again->windows, book, end_of_turn, *change, changed);
    changed.finish();
    std::string title;
    for (const auto& set : options.sets) title += (title.empty() ? "" : ", ") + set;
    fmt::print("\nAs recorded -> with {}\n\n{}", title,
               replay::comparison_table(recorded, changed));
    if (!guesses.empty()) {
      fmt::print("\nAnswers that the recording does not hold, and what was taken instead:\n{}",
                 replay::guess_list(guesses, recorded.begin()));
    }
    drawn.push_back({"with " + title, &changed});
  }
  if (!options.svg.empty()) {
    if (auto written =
            write_text(options.svg, replay::timeline_svg(*recording, again->windows, drawn));
        !written) {
      return stop(written.error());
    }
  }
  if (!options.out.empty()) {
    if (auto written = write_sound(options.out, *recording, changes ? changed : recorded);
        !written) {
      return stop(written.error());
    }
  }
  return again->difference ? 1 : 0;
}

}  // namespace eva::cli
