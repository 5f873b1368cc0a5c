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
