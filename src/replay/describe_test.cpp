// Every kind of event survives being written and read.
#include "replay/describe.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "replay/json_reader.h"
#include "replay/json_writer.h"

namespace eva::replay {
namespace {

const std::vector<std::int16_t> kSamples{1, -2, 32767, -32768, 5};

session::Settings some_settings() {
  session::Settings settings{.instructions = "Say \"yes\"\n\t\\ \x7f é 中 \xf0\x9f\x98\x80",
                             .language = "en",
                             .prompt = "Zoë",
                             .voice = "joe",
                             .speed = 1.1,
                             .audio_output = false,
                             .max_output_tokens = 77};
  settings.turn_detection->turn.end_of_turn = turn::EndOfTurnKind::kDynamic;
  settings.turn_detection->turn.threshold = 0.1;
  settings.turn_detection->create_response = false;
  return settings;
}

// One of each alternative, and some of its other forms.
std::vector<session::Event> all_events() {
  session::Settings by_hand = some_settings();
  by_hand.turn_detection.reset();
  const Error error{ErrorCode::kTimeout, "no answer within 15 s"};
  const session::Item item{.id = "item_1",
                           .role = session::Item::Role::kAssistant,
                           .status = session::Item::Status::kIncomplete,
                           .parts = {{session::Item::Part::Kind::kOutputAudio, "half a sen"},
                                     {session::Item::Part::Kind::kInputText, ""}}};
  return {
      session::AudioReceived{kSamples},
      session::AudioReceived{},
      session::Ticked{},
      session::SttFinished{TurnId{1}, speech::Transcript{"hello", {{"hello", 10ms, 20ms}}}},
      session::SttFinished{TurnId{UINT64_MAX}, std::unexpected(error)},
      session::SttPartial{TurnId{2}, {"a b", " c", {{"a", 0ms, 1us}}}},
      session::TurnScored{TurnId{3}, 0.1},
      session::TurnScored{TurnId{3}, std::unexpected(error)},
      session::LlmText{TurnId{4}, "invalid \xff\xc3( text"},
      session::LlmFinished{TurnId{5}, speech::LlmUsage{1, 2, true}},
      session::LlmFinished{TurnId{5}, std::unexpected(error)},
      session::TtsAudio{TurnId{6}, 3, kSamples},
      session::TtsFinished{TurnId{7}, 4, {}},
      session::TtsFinished{TurnId{7}, 4, std::unexpected(error)},
      session::ChangeSettings{"e1", some_settings()},
      session::ChangeSettings{"e1", by_hand},
      session::CommitInput{"e2"},
      session::ClearInput{""},
      session::CreateItem{"e3", item, "root", kSamples},
      session::DeleteItem{"e4", "item_2"},
      session::RetrieveItem{"e5", "item_3"},
      session::TruncateItem{"e6", "item_4", 1234567us},
      session::CreateReply{
          "e7",
          {.instructions = "be brief", .audio_output = true, .metadata = {{"k", "v"}, {"", ""}}}},
      session::CreateReply{},
      session::CancelReply{"e8", "resp_1"},
      session::Greet{"Good morning!"},
  };
}

std::string written(const session::Event& event, const WriteRules& rules, AudioBytes& audio) {
  std::string out;
  JsonWriter writer(out, rules, &audio);
  writer.open();
  writer.held("event", event);
  writer.close();
  return out;
}

session::Event read(const std::string& text, AudioSupply& audio) {
  ReadState state;
  state.audio = &audio;
  const auto object = nlohmann::json::parse(text, nullptr, false);
  EXPECT_FALSE(object.is_discarded()) << text;
  const auto event =
      read_named<session::Event>(object.value("event", std::string()), object, state);
  EXPECT_TRUE(event) << text;
  EXPECT_EQ(state.mistake, "") << text;
  return event.value_or(session::Ticked{});
}

TEST(Describe, EveryKindOfEventIsAmongTheSamples) {
  std::set<std::size_t> kinds;
  for (const auto& event : all_events()) kinds.insert(event.index());
  EXPECT_EQ(kinds.size(), std::variant_size_v<session::Event>);
}

template <typename Variant, std::size_t... I>
std::set<std::string_view> names(std::index_sequence<I...>) {
  return {kName<std::variant_alternative_t<I, Variant>>...};
}

TEST(Describe, NamesAreDifferent) {
  constexpr auto kEvents = std::variant_size_v<session::Event>;
  EXPECT_EQ(names<session::Event>(std::make_index_sequence<kEvents>()).size(), kEvents);
  constexpr auto kNotices = std::variant_size_v<session::Notice>;
  EXPECT_EQ(names<session::Notice>(std::make_index_sequence<kNotices>()).size(), kNotices);
}

TEST(Describe, WhatIsWrittenIsRead) {
  for (const auto& event : all_events()) {
    AudioBytes bytes;
    const std::string text = written(event, {}, bytes);
    EXPECT_EQ(text.find('\n'), text.npos);
    AudioSupply audio;
    for (std::size_t i = 0; i < kAudioFiles; ++i) {
      std::vector<std::int16_t> pcm(bytes[i].size() / 2);
      if (!pcm.empty()) std::memcpy(pcm.data(), bytes[i].data(), bytes[i].size());
      EXPECT_TRUE(pcm.empty() || pcm == kSamples);
      audio.give(static_cast<AudioFile>(i), std::move(pcm));
    }
    const session::Event again = read(text, audio);
    AudioBytes bytes_again;
    EXPECT_EQ(written(again, {}, bytes_again), text);
    EXPECT_EQ(bytes_again, bytes) << text;
    EXPECT_EQ(again.index(), event.index());
    for (std::size_t i = 0; i < kAudioFiles; ++i) {
      EXPECT_EQ(audio.left(static_cast<AudioFile>(i)), 0u);
    }
  }
}

TEST(Describe, WhatIsReadIsWhatWasThere) {
  AudioBytes bytes;
  AudioSupply none;
  const auto partial = std::get<session::SttPartial>(read(
      written(session::SttPartial{TurnId{2}, {"a b", " c", {{"a", 5ms, 6us}}}}, {}, bytes), none));
  EXPECT_EQ(partial.turn.value, 2u);
  EXPECT_EQ(partial.partial.committed, "a b");
  EXPECT_EQ(partial.partial.tentative, " c");
  ASSERT_EQ(partial.partial.words.size(), 1u);
  EXPECT_EQ(partial.partial.words[0].start, 5ms);
  EXPECT_EQ(partial.partial.words[0].end, 6us);
  const auto text = std::get<session::LlmText>(
      read(written(session::LlmText{TurnId{9}, "\xff\"\\\n\x01"}, {}, bytes), none));
  EXPECT_EQ(text.text, "\xff\"\\\n\x01");
  const auto failed = std::get<session::TtsFinished>(read(
      written(session::TtsFinished{TurnId{1}, 2, fail(ErrorCode::kIo, "why")}, {}, bytes), none));
  ASSERT_FALSE(failed.result);
  EXPECT_EQ(failed.result.error().code, ErrorCode::kIo);
  EXPECT_EQ(failed.result.error().detail, "why");
}

TEST(Describe, RedactedEventsAreReadAndStayAsTheyAre) {
  for (const auto& event : all_events()) {
    IdNames names;
    const WriteRules recording{.redact = true, .id_suffix = "t", .id_names = &names};
    const WriteRules replaying{.redact = true, .id_suffix = "t"};
    AudioBytes bytes;
    const std::string text = written(event, recording, bytes);
    AudioSupply audio;
    audio.give_silence();
    EXPECT_EQ(written(read(text, audio), replaying, bytes), text);
    for (const auto& file : bytes) EXPECT_EQ(file, "");
    for (const char* word : {"hello", "brief", "Good", "yes", "half", "answer", "Zo", "mine"}) {
      EXPECT_EQ(text.find(word), text.npos) << text;
    }
  }
}

TEST(Shape, OfTextsPutTogetherIsTheShapesPutTogether) {
  const std::string text = "Hé, 42 – 中\xf0\x9f\x98\x80? Well...";
  EXPECT_EQ(shape_of("Ab, 42!"), "Xx, 00!");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(shape_of(text.substr(0, cut)) + shape_of(text.substr(cut)), shape_of(text));
  }
  EXPECT_EQ(shape_of(shape_of(text)), shape_of(text));
  EXPECT_EQ(shape_of(text).size(), text.size());
}

TEST(Shape, OfSpeechIsJudgedAsTheWordsWere) {
  const turn::Lexicon lexicon = turn::built_in_lexicon("en");
  turn::Lexicon shaped;
  for (const auto& [from, to] :
       {std::pair{&lexicon.backchannels, &shaped.backchannels}, {&lexicon.stops, &shaped.stops}}) {
    for (const auto& phrase : *from) {
      std::string text;
      for (const auto& word : phrase) text += word + " ";
      to->push_back(turn::words_of(speech_shape_of(text, lexicon)));
    }
  }
  for (const char* said : {"Uh-huh.", "Yeah, right!", "Stop it", "No, what is the weather?", "",
                           "Wait a second.", "OK OK", "Grüße", "I see.", "Tell me 42 things"}) {
    const auto before = turn::judge_words(said, lexicon);
    const std::string shape = speech_shape_of(said, lexicon);
    const auto after = turn::judge_words(shape, shaped);
    EXPECT_EQ(after.kind, before.kind) << said << " as " << shape;
    EXPECT_EQ(after.words, before.words) << said << " as " << shape;
    EXPECT_EQ(shape_of(shape), shape_of(said));
  }
}

TEST(Fingerprint, TellsEverySampleAndEveryLength) {
  std::vector<std::int16_t> pcm(1000, 3);
  const auto whole = fingerprint(pcm);
  EXPECT_EQ(fingerprint(pcm), whole);
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    pcm[i] = 4;
    EXPECT_NE(fingerprint(pcm), whole) << i;
    pcm[i] = 3;
  }
  pcm.push_back(0);
  EXPECT_NE(fingerprint(pcm), whole);
  std::swap(pcm[0], pcm[1000]);
  EXPECT_NE(fingerprint(pcm), whole);
}

// Of a reader's mistakes, the first is told with the fields that lead there.
TEST(JsonReader, SaysWhatIsWrong) {
  const auto mistake = [](const char* text) {
    ReadState state;
    AudioSupply audio;
    state.audio = &audio;
    const auto object = nlohmann::json::parse(text);
    const auto event = read_named<session::Event>(object.value("event", ""), object, state);
    return event ? state.mistake : "unknown";
  };
  EXPECT_EQ(mistake(R"({"event":"nonsense"})"), "unknown");
  EXPECT_EQ(mistake(R"({"event":"llm_text","text":"a"})"), "there is no \"turn\"");
  EXPECT_EQ(mistake(R"({"event":"llm_text","turn":-1,"text":"a"})"),
            "a whole number is missing or out of range (in \"turn\")");
  EXPECT_EQ(mistake(R"({"event":"llm_text","turn":1e30,"text":"a"})"),
            "a whole number is missing or out of range (in \"turn\")");
  EXPECT_EQ(mistake(R"({"event":"llm_text","turn":1,"text":7})"),
            "a text is missing (in \"text\")");
  EXPECT_EQ(mistake(R"({"event":"llm_text","turn":1,"text":{"base64":"?"}})"),
            "a text is missing (in \"text\")");
  EXPECT_EQ(mistake(R"({"event":"turn_scored","turn":1,"probability":{}})"),
            "a result is neither \"ok\" nor \"error\" (in \"probability\")");
  EXPECT_EQ(mistake(R"({"event":"truncate_item","event_id":"","item_id":"","audio_end_us":-5})"),
            "a time is out of range (in \"audio_end_us\")");
  EXPECT_EQ(mistake(R"({"event":"audio_received","samples":1})"),
            "user.wav is too short: samples of it are missing from here on");
  EXPECT_EQ(mistake(R"({"event":"create_item","event_id":"","item":{"id":"","role":"god"}})"),
            "it has none of the values known (in \"role\") (in \"item\")");
}

}  // namespace
}  // namespace eva::replay
