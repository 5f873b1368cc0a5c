#include "replay/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.h"
#include "replay/json_writer.h"
#include "replay/open_requests.h"
#include "replay/played_vad.h"

namespace eva::replay {
namespace {

using nlohmann::json;

constexpr std::size_t kFirstLine = 2;  // of the events; the header is line 1

session::SessionParts parts_of(const Recording& recording, const EndOfTurnMaker& end_of_turn,
                               PlayedVad& vad) {
  session::SessionParts parts;
  parts.vad = std::make_unique<LentVad>(vad);
  parts.end_of_turn = end_of_turn;
  parts.settings = recording.header.settings;
  parts.limits = recording.header.limits;
  parts.lexicon = std::make_shared<const turn::Lexicon>(recording.header.lexicon);
  parts.id_suffix = recording.header.id_suffix;
  return parts;
}

// The first element that differs, of two lists of decisions as JSON.
std::pair<std::string, std::string> first_difference(const std::string& recorded,
                                                     const std::string& replayed) {
  const json a = recorded.empty() ? json::array() : json::parse(recorded, nullptr, false);
  const json b = replayed.empty() ? json::array() : json::parse(replayed, nullptr, false);
  const auto shown = [](const json& list, std::size_t i) {
    return i < list.size() ? list[i].dump(-1, ' ', false, json::error_handler_t::replace) : "";
  };
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (shown(a, i) != shown(b, i)) return {shown(a, i), shown(b, i)};
  }
  return {};
}

}  // namespace

Result<Replayed> replay_exactly(const Recording& recording, const EndOfTurnMaker& end_of_turn,
                                std::span<session::Tap* const> taps) {
  PlayedVad vad;
  session::Session session(parts_of(recording, end_of_turn, vad));
  const WriteRules rules{.redact = recording.header.redacted,
                         .id_suffix = recording.header.id_suffix,
                         .origin = recording.header.start};
  OpenRequests open;
  Replayed out;
  std::vector<session::Action> actions;
  for (const RecordedEvent& recorded : recording.events) {
    const std::size_t line = kFirstLine + out.events++;
    const auto differs = [&](std::string was, std::string is) {
      if (out.difference) return;
      out.difference = Difference{.line = line,
                                  .at = recorded.at - recording.header.start,
                                  .event = std::string(name_of_held(recorded.event)),
                                  .recorded = std::move(was),
                                  .replayed = std::move(is)};
    };
    if (!open.take(recorded.event)) {
      if (out.difference) continue;
      return fail(ErrorCode::kBadInput,
                  fmt::format("{}:{}: {} answers nothing that was asked", kEventsName, line,
                              name_of_held(recorded.event)));
    }
    for (session::Tap* tap : taps) tap->on_event(recorded.event, recorded.at);
    vad.expect(recorded.probabilities);
    actions.clear();
    try {
      session.on(recorded.event, recorded.at, actions);
    } catch (const std::exception& error) {  // a bug; perhaps the one that was recorded
      if (recorded.failed != error.what()) {
        differs(recorded.failed.empty() ? recorded.actions : recorded.failed, error.what());
      }
      for (session::Tap* tap : taps) tap->on_failed(error.what());
      return out;
    }
    // The windows of one event lie end to end.
    std::int64_t end = session.detected();
    for (auto p = recorded.probabilities.rbegin(); p != recorded.probabilities.rend(); ++p) {
      out.windows[end] = *p;
      end -= vad::kWindow;
    }
    open.on_actions(actions);
    out.decisions += actions.size();
    for (session::Tap* tap : taps) tap->on_actions(actions);
    if (!recorded.failed.empty()) differs(recorded.failed, "no failure");
    if (vad.asked() != recorded.probabilities.size()) {
      differs(fmt::format("{} windows of speech detection", recorded.probabilities.size()),
              fmt::format("{} windows", vad.asked()));
    }
    std::string now;
    if (!actions.empty()) {
      append_actions(now, actions, rules);
      now = one_form(now);
    }
    if (now != recorded.actions) {
      auto [was, is] = first_difference(recorded.actions, now);
      differs(std::move(was), std::move(is));
    }
  }
  return out;
}

}  // namespace eva::replay
