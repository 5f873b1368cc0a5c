#include "engine/realtime_api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace eva::engine {
namespace {
using nlohmann::json;

ClientEvent parse(const json& event, const TranscriptionSettings& current = {}) {
  return parse_realtime_event(event.dump(), current);
}
/// The parameter that is refused; "-" if the event is not.
std::string refused(const json& event) {
  const ClientEvent parsed = parse(event);
  const auto* bad = std::get_if<BadEvent>(&parsed.event);
  return bad ? bad->error.param : "-";
}
json update(const json& input) {
  return {{"type", "session.update"},
          {"session", {{"type", "transcription"}, {"audio", {{"input", input}}}}}};
}

TEST(RealtimeApi, ReadsAudio) {
  const auto event =
      parse({{"type", "input_audio_buffer.append"}, {"audio", "AQID"}, {"event_id", "e7"}});
  EXPECT_EQ(event.event_id, "e7");
  EXPECT_EQ(std::get<AppendAudio>(event.event).bytes, (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(refused({{"type", "input_audio_buffer.append"}}), "audio");
  EXPECT_EQ(refused({{"type", "input_audio_buffer.append"}, {"audio", 7}}), "audio");
  EXPECT_EQ(refused({{"type", "input_audio_buffer.append"}, {"audio", "?"}}), "audio");
}

TEST(RealtimeApi, AnUpdateChangesWhatItNames) {
  TranscriptionSettings current{.model = "m", .language = "de", .prompt = "p"};
  const auto event = parse(update({{"format", {{"type", "audio/pcm"}, {"rate", 16000}}},
                                   {"transcription", {{"language", "en"}}},
                                   {"noise_reduction", nullptr},
                                   {"turn_detection", nullptr}}),
                           current);
  const auto& settings = std::get<UpdateSession>(event.event).settings;
  EXPECT_EQ(settings.format.rate, 16'000);
  EXPECT_EQ(settings.model, "m");
  EXPECT_EQ(settings.language, "en");
  EXPECT_EQ(settings.prompt, "p");

  const auto phone = parse(update({{"format", {{"type", "audio/pcma"}}}}), current);
  EXPECT_EQ(std::get<UpdateSession>(phone.event).settings.format.kind, AudioFormat::Kind::kAlaw);
  EXPECT_EQ(std::get<UpdateSession>(phone.event).settings.format.rate, 8'000);
}

TEST(RealtimeApi, RefusesWhatItCannotDo) {
  EXPECT_EQ(refused({{"type", "session.update"}, {"session", json::object()}}), "session.type");
  EXPECT_EQ(refused({{"type", "session.update"}, {"session", {{"type", "realtime"}}}}),
            "session.type");
  EXPECT_EQ(refused({{"type", "session.update"}, {"session", 3}}), "session");
  EXPECT_EQ(refused(update({{"turn_detection", {{"type", "server_vad"}}}})),
            "session.audio.input.turn_detection");
  EXPECT_EQ(refused(update({{"colour", 1}})), "session.audio.input.colour");
  EXPECT_EQ(refused(update({{"format", {{"type", "audio/opus"}}}})),
            "session.audio.input.format.type");
  for (const json& rate : {json(11025), json(-1), json("24000"), json(1e300), json(24000.5)}) {
    EXPECT_EQ(refused(update({{"format", {{"type", "audio/pcm"}, {"rate", rate}}}})),
              "session.audio.input.format.rate");
  }
  EXPECT_EQ(refused(update({{"transcription", {{"prompt", std::string(20'000, 'x')}}}})),
            "session.audio.input.transcription.prompt");
  EXPECT_EQ(refused(update({{"transcription", nullptr}})), "session.audio.input.transcription");
  EXPECT_EQ(refused({{"type", "response.create"}}), "type");
  EXPECT_EQ(refused(json::object()), "type");
  for (const char* text : {"", "[]", "{", "\xFF", "null"}) {
    const auto event = parse_realtime_event(text, {});
    EXPECT_TRUE(std::holds_alternative<BadEvent>(event.event)) << text;
  }
}

TEST(RealtimeApi, TellsWordTimesOnlyWhereThereAreSome) {
  const std::vector<speech::Word> words{{"Go", 100ms, 250ms}};
  const json with = json::parse(
      delta_event("e", "i", "Go", {.tentative = " for", .words = words, .tentative_words = {}}));
  EXPECT_EQ(with["delta"], "Go");
  EXPECT_EQ(with["tentative"], " for");
  EXPECT_EQ(with["words"], json::parse(R"([{"word":"Go","start":0.1,"end":0.25}])"));
  const json without = json::parse(
      delta_event("e", "i", "Go", {.tentative = "", .words = {}, .tentative_words = {}}));
  EXPECT_FALSE(without.contains("words"));
}

}  // namespace
}  // namespace eva::engine
