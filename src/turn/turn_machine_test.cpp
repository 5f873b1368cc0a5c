#include "turn/turn_machine.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace eva::turn {
namespace {

constexpr Duration kLength = 32ms;

// Feeds windows and writes down what came out, as "kind@window_end_ms".
class Driver {
 public:
  explicit Driver(TurnSettings settings = {})
      : machine(settings, std::make_unique<SilenceEndOfTurn>(settings.silence)) {}

  void feed(float probability, int windows) {
    for (int i = 0; i < windows; ++i) {
      end_ += kLength;
      for (const TurnEvent& event : machine.on_window(probability, end_, kLength)) {
        const char* kinds[] = {"started", "paused", "resumed", "ended"};
        log += std::string(log.empty() ? "" : " ") + kinds[event.index()] + "@" +
               std::to_string(to_ms(end_));
        last = event;
      }
    }
  }

  TurnMachine machine;
  std::string log;
  TurnEvent last;

 private:
  Duration end_{};
};

TEST(TurnMachine, FindsOneTurnAndReportsThePauseBeforeItsEnd) {
  Driver d;
  d.feed(0.0f, 10);  // 320 ms of silence
  d.feed(0.9f, 20);  // 640 ms of speech: 320..960
  d.feed(0.0f, 15);
  EXPECT_EQ(d.log, "started@416 paused@1184");
  d.feed(0.0f, 1);
  EXPECT_EQ(d.log, "started@416 paused@1184 ended@1472");
  const auto ended = std::get<TurnEnded>(d.last);
  EXPECT_EQ(ended.start, 320ms);
  EXPECT_EQ(ended.speech_end, 960ms);
}

/// Ends a turn after 320 ms that the text "." has, else after 800 ms.
class TextEndOfTurn final : public EndOfTurn {
 public:
  Evidence wanted() const override { return {.text = true, .probability = true}; }
  Duration earliest() const override { return 320ms; }
  Duration silence_needed(const Pause& pause) override {
    return pause.text == "." && pause.probability ? 320ms : 800ms;
  }
};

TEST(TurnMachine, WaitsForEvidenceFromTheFirstWindowThatItDecides) {
  Driver d;
  d.machine.configure({}, std::make_unique<TextEndOfTurn>());
  d.feed(0.9f, 10);  // to 320 ms
  d.feed(0.0f, 6);
  EXPECT_FALSE(d.machine.awaited().text) << "nobody was asked yet";
  d.feed(0.0f, 1);
  EXPECT_EQ(d.log, "started@96 paused@544");
  EXPECT_TRUE(d.machine.awaited().text);
  EXPECT_FALSE(d.machine.waits(kLength));
  d.feed(0.0f, 2);
  EXPECT_TRUE(d.machine.waits(kLength)) << "the next window is the tenth";
  d.machine.set_text(".");
  EXPECT_TRUE(d.machine.waits(kLength)) << "the probability is missing";
  d.machine.set_probability(0.9);
  EXPECT_FALSE(d.machine.waits(kLength));
  d.feed(0.0f, 1);
  EXPECT_EQ(d.log, "started@96 paused@544 ended@640");
}

TEST(TurnMachine, EvidenceThatFailsOrIsGivenUpIsNotWaitedFor) {
  for (const bool fails : {true, false}) {
    Driver d;
    d.machine.configure({}, std::make_unique<TextEndOfTurn>());
    d.feed(0.9f, 10);
    d.feed(0.0f, 9);
    d.machine.set_text(".");
    EXPECT_TRUE(d.machine.waits(kLength));
    if (fails) {
      d.machine.set_probability(std::nullopt);
    } else {
      d.machine.give_up_evidence();
    }
    EXPECT_FALSE(d.machine.waits(kLength));
    d.feed(0.0f, 15);
    EXPECT_EQ(d.log, "started@96 paused@544");
    d.feed(0.0f, 1);
    EXPECT_EQ(d.log, "started@96 paused@544 ended@1120");
  }
}

TEST(TurnMachine, WhoGoesOnNeedsNoEvidenceAndTheNextPauseNeedsItsOwn) {
  Driver d;
  d.machine.configure({}, std::make_unique<TextEndOfTurn>());
  d.feed(0.9f, 10);
  d.feed(0.0f, 8);
  d.feed(0.9f, 4);
  EXPECT_FALSE(d.machine.awaited().text || d.machine.awaited().probability);
  d.feed(0.0f, 9);
  EXPECT_TRUE(d.machine.waits(kLength));
  d.machine.reset();
  EXPECT_FALSE(d.machine.waits(kLength));
}

TEST(TurnMachine, ShortNoiseIsNoTurn) {
  Driver d;
  for (int i = 0; i < 5; ++i) {
    d.feed(0.9f, 2);
    d.feed(0.0f, 10);
  }
  EXPECT_EQ(d.log, "");
}

TEST(TurnMachine, AGapInsideAWordDoesNotKillTheCandidate) {
  Driver d;
  d.feed(0.9f, 2);
  d.feed(0.0f, 3);
  d.feed(0.9f, 1);
  EXPECT_EQ(d.log, "started@192");
}

TEST(TurnMachine, ResumingWithdrawsThePause) {
  Driver d;
  d.feed(0.9f, 10);
  d.feed(0.0f, 10);
  d.feed(0.9f, 1);
  d.feed(0.0f, 16);
  EXPECT_EQ(d.log, "started@96 paused@544 resumed@672 paused@896 ended@1184");
}

TEST(TurnMachine, AShortPauseIsNotReported) {
  Driver d;
  d.feed(0.9f, 10);
  d.feed(0.0f, 5);
  d.feed(0.9f, 1);
  EXPECT_EQ(d.log, "started@96");
}

TEST(TurnMachine, HysteresisKeepsASpeakerBetweenTheThresholds) {
  Driver d;
  d.feed(0.4f, 20);
  EXPECT_EQ(d.log, "");
  d.feed(0.6f, 3);
  d.feed(0.4f, 40);
  EXPECT_EQ(d.log, "started@736");
}

TEST(TurnMachine, AnEndlessTurnIsEnded) {
  Driver d({.max_turn = 1s});
  d.feed(0.9f, 31);
  EXPECT_EQ(d.log, "started@96");
  d.feed(0.9f, 1);
  EXPECT_EQ(d.log, "started@96 ended@1024");
  d.feed(0.9f, 3);
  EXPECT_EQ(d.log, "started@96 ended@1024 started@1120");
}

TEST(TurnMachine, ResetForgetsSilently) {
  Driver d;
  d.feed(0.9f, 5);
  d.machine.reset();
  d.feed(0.0f, 40);
  EXPECT_EQ(d.log, "started@96");
  EXPECT_FALSE(d.machine.speech_start());
}

// Property: over random probabilities, starts and ends alternate, pauses lie inside turns, and no
// event comes early.
TEST(TurnMachine, EventsAreWellFormedForAnyInput) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Driver d;
    bool in_turn = false;
    bool paused = false;
    Duration end{};
    std::uniform_real_distribution<float> probability(0, 1);
    std::uniform_int_distribution<int> run(1, 30);
    for (int step = 0; step < 100; ++step) {
      const float p = probability(random);
      for (int i = run(random); i > 0; --i) {
        end += kLength;
        for (const TurnEvent& event : d.machine.on_window(p, end, kLength)) {
          if (std::holds_alternative<SpeechStarted>(event)) {
            EXPECT_FALSE(std::exchange(in_turn, true));
            EXPECT_LT(std::get<SpeechStarted>(event).start, end);
            paused = false;
          } else if (std::holds_alternative<SpeechPaused>(event)) {
            EXPECT_TRUE(in_turn);
            EXPECT_FALSE(std::exchange(paused, true));
          } else if (std::holds_alternative<SpeechResumed>(event)) {
            EXPECT_TRUE(in_turn);
            EXPECT_TRUE(std::exchange(paused, false));
          } else {
            EXPECT_TRUE(std::exchange(in_turn, false));
            EXPECT_LT(std::get<TurnEnded>(event).start, std::get<TurnEnded>(event).speech_end);
          }
        }
        EXPECT_EQ(in_turn, d.machine.in_turn());
      }
    }
  }
}

}  // namespace
}  // namespace eva::turn
