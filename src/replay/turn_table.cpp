#include "replay/turn_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace eva::replay {
namespace {

using session::TurnRecord;
using Turns = std::vector<const Turn*>;

double seconds(Duration time) {
  return static_cast<double>(time.count()) / 1e6;
}

std::string clock(const std::optional<Time>& at, Time begin) {
  return at ? fmt::format("{:.2f}", seconds(*at - begin)) : "-";
}

std::optional<std::int64_t> voice_to_voice(const TurnRecord& record) {
  if (!record.speech_end_at || !record.first_audible_at) return std::nullopt;
  return to_ms(*record.first_audible_at - *record.speech_end_at);
}

std::string one_line(std::string text, std::size_t longest) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xc0) == 0x80) --longest;
  return text.substr(0, longest) + "...";
}

// Where a turn stands in the call, for those without speech.
Time place(const Turn& turn) {
  if (turn.speech) return turn.speech->begin;
  return turn.record.turn_ended_at.value_or(turn.record.reply_started_at.value_or(Time{}));
}

std::string speech(const Turn& turn, Time begin) {
  if (!turn.speech) return "-";
  return fmt::format("{:.2f} to {:.2f}", seconds(turn.speech->begin - begin),
                     seconds(turn.speech->end - begin));
}

// Turns of two runs that share speech.
struct Group {
  Turns recorded;
  Turns changed;
  Span speech;
};

std::vector<Group> groups_of(const RunLog& recorded, const RunLog& changed) {
  struct One {
    const Turn* turn;
    bool is_recorded;
  };
  std::vector<One> all;
  for (const Turn& turn : recorded.turns()) all.push_back({&turn, true});
  for (const Turn& turn : changed.turns()) all.push_back({&turn, false});
  std::ranges::stable_sort(all, {}, [](const One& one) { return place(*one.turn); });
  std::vector<Group> groups;
  for (const One& one : all) {
    const Span span = one.turn->speech.value_or(Span{place(*one.turn), place(*one.turn)});
    const bool joins = !groups.empty() && span.begin <= groups.back().speech.end &&
                       (one.turn->speech.has_value() || span.begin == groups.back().speech.begin);
    if (!joins) groups.push_back({{}, {}, span});
    Group& group = groups.back();
    group.speech.end = std::max(group.speech.end, span.end);
    (one.is_recorded ? group.recorded : group.changed).push_back(one.turn);
  }
  return groups;
}

template <typename Show>
std::string listed(const Turns& turns, Show show) {
  std::string out;
  for (const Turn* turn : turns) out += (out.empty() ? "" : ", ") + show(*turn);
  return out.empty() ? "none" : out;
}

template <typename Show>
std::string both(const Group& group, Show show) {
  const std::string a = listed(group.recorded, show);
  const std::string b = listed(group.changed, show);
  return a == b ? a : a + " -> " + b;
}

std::string verdict(const Group& group) {
  if (group.recorded.empty()) return "new";
  if (group.changed.empty()) return "gone";
  if (group.changed.size() > group.recorded.size()) {
    return fmt::format("cut into {}", group.changed.size());
  }
  if (group.changed.size() < group.recorded.size()) return "joined";
  return "";
}

std::string median_voice_to_voice(const RunLog& run) {
  std::vector<std::int64_t> all;
  for (const Turn& turn : run.turns()) {
    if (const auto ms = voice_to_voice(turn.record)) all.push_back(*ms);
  }
  if (all.empty()) return "-";
  std::ranges::sort(all);
  return fmt::format("{} ms", all[(all.size() - 1) / 2]);
}

std::size_t stopped(const RunLog& run) {
  return static_cast<std::size_t>(
      std::ranges::count_if(run.turns(), [](const Turn& turn) { return turn.record.interrupted; }));
}

}  // namespace

std::string turn_table(const RunLog& run) {
  std::string out =
      fmt::format("{:>4}  {:<17} {:>9} {:>11} {:>14} {:>8}\n", "turn", "you spoke (s)", "turn over",
                  "first sound", "voice to voice", "stopped");
  int number = 0;
  for (const Turn& turn : run.turns()) {
    const TurnRecord& r = turn.record;
    const auto ms = voice_to_voice(r);
    out += fmt::format("{:>4}  {:<17} {:>9} {:>11} {:>14} {:>8}\n", ++number,
                       speech(turn, run.begin()), clock(r.turn_ended_at, run.begin()),
                       clock(r.first_audible_at, run.begin()), ms ? fmt::format("{} ms", *ms) : "-",
                       r.interrupted ? clock(r.interrupted_at, run.begin()) : "-");
    if (!r.user_text.empty()) out += fmt::format("      you: {}\n", one_line(r.user_text, 200));
    if (!r.reply_text.empty()) {
      out += fmt::format("      Eva: {}\n", one_line(r.reply_text, 200));
      if (r.heard_text != r.reply_text && r.interrupted_at) {
        out += fmt::format("      heard: {}\n", one_line(r.heard_text, 200));
      }
    }
    if (!r.error.empty()) out += fmt::format("      failed: {}\n", one_line(r.error, 200));
  }
  return out;
}

std::string comparison_table(const RunLog& recorded, const RunLog& changed) {
  std::string out = fmt::format("{:<17}  {:<22} {:<22} {:<20} {}\n", "you spoke (s)",
                                "turn over (s)", "first sound (s)", "voice to voice (ms)", "");
  const Time begin = recorded.begin();
  std::size_t cut = 0;
  std::size_t joined = 0;
  for (const Group& group : groups_of(recorded, changed)) {
    const auto over = [&](const Turn& t) { return clock(t.record.turn_ended_at, begin); };
    const auto first = [&](const Turn& t) { return clock(t.record.first_audible_at, begin); };
    const auto voice = [&](const Turn& t) {
      const auto ms = voice_to_voice(t.record);
      return ms ? fmt::format("{}", *ms) : "-";
    };
    std::string notes = verdict(group);
    cut += notes.starts_with("cut");
    joined += notes == "joined";
    const auto stop = [&](const Turn& t) {
      return t.record.interrupted ? clock(t.record.interrupted_at, begin) : std::string("no");
    };
    if (const std::string stops = both(group, stop); stops != "no" && stops != "none") {
      notes += (notes.empty() ? "" : "; ") + ("stopped: " + stops);
    }
    const Span& said = group.speech;
    const bool spoken = said.end > said.begin;
    std::string row =
        fmt::format("{:<17}  {:<22} {:<22} {:<20} {}",
                    spoken ? fmt::format("{:.2f} to {:.2f}", seconds(said.begin - begin),
                                         seconds(said.end - begin))
                           : "-",
                    both(group, over), both(group, first), both(group, voice), notes);
    row.erase(row.find_last_not_of(' ') + 1);
    out += row + "\n";
    const auto words = [](const Turn& t) { return "\"" + one_line(t.record.user_text, 60) + "\""; };
    if (const std::string text = both(group, words); text != "\"\"") {
      out += fmt::format("    you: {}\n", text);
    }
    const auto heard = [](const Turn& t) {
      return "\"" + one_line(t.record.heard_text, 60) + "\"";
    };
    if (const std::string text = both(group, heard); text.find(" -> ") != text.npos) {
      out += fmt::format("    Eva: {}\n", text);
    }
  }
  const auto pair = [](const auto& a, const auto& b) { return fmt::format("{} -> {}", a, b); };
  out += fmt::format(
      "\nturns {}; cut {}, joined {}; voice to voice, median {}; stopped by speech {}\n",
      pair(recorded.turns().size(), changed.turns().size()), cut, joined,
      pair(median_voice_to_voice(recorded), median_voice_to_voice(changed)),
      pair(stopped(recorded), stopped(changed)));
  return out;
}

std::string guess_list(const std::vector<Guess>& guesses, Time begin) {
  std::string out;
  for (const Guess& guess : guesses) {
    out += fmt::format("  {:.2f} s: {}\n", seconds(guess.at - begin), one_line(guess.what, 160));
  }
  return out;
}

}  // namespace eva::replay
