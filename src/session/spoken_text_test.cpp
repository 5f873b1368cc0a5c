#include "session/spoken_text.h"

#include <gtest/gtest.h>

namespace eva::session {
namespace {

SpokenText two_pieces() {
  SpokenText spoken;
  spoken.begin_piece("One two three four. ");  // 20 characters
  spoken.begin_piece("Five six.");
  spoken.add_audio(0, 20'000);
  spoken.finish_piece(0);
  spoken.add_audio(1, 9'000);
  spoken.finish_piece(1);
  return spoken;
}

TEST(SpokenText, AWordCountsOnceHalfOfItWasHeard) {
  const SpokenText spoken = two_pieces();
  EXPECT_EQ(spoken.heard(0), "");
  EXPECT_EQ(spoken.heard(1'400), "");
  EXPECT_EQ(spoken.heard(1'500), "One");
  EXPECT_EQ(spoken.heard(5'500), "One two");
  EXPECT_EQ(spoken.heard(19'999), "One two three four.");
  EXPECT_EQ(spoken.heard(20'000), "One two three four.");
  EXPECT_EQ(spoken.heard(22'000), "One two three four. Five");
  EXPECT_EQ(spoken.heard(99'000), "One two three four. Five six.");
}

TEST(SpokenText, PiecesKnowWhereTheyStart) {
  const SpokenText spoken = two_pieces();
  EXPECT_EQ(spoken.start(0), 0);
  EXPECT_EQ(spoken.start(1), 20'000);
  EXPECT_EQ(spoken.samples(), 29'000);
  EXPECT_EQ(spoken.first_pieces(1), "One two three four.");
  EXPECT_EQ(spoken.first_pieces(2), "One two three four. Five six.");
}

TEST(SpokenText, AnUnfinishedPieceIsNotTakenForWhole) {
  SpokenText spoken;
  spoken.begin_piece("One two three four five six.");  // 28 characters, about 1.9 s
  spoken.add_audio(0, 4'800);
  EXPECT_EQ(spoken.heard(4'800), "One");
}

}  // namespace
}  // namespace eva::session
