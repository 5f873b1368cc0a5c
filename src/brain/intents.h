#pragma once
// What a clause asks for, judged by its phrases.
#include <cstdint>
#include <optional>

#include "brain/tokens.h"

namespace eva::brain {

enum class Intent : std::uint8_t {
  kSayAgain,
  kWhatDidISay,
  kUserName,
  kAssistantName,
  kWhoAreYou,
  kAboutYourself,
  kAreYouHuman,
  kAreYouModel,
  kMaker,
  kTime,
  kTimeElsewhere,
  kDate,
  kWeekday,
  kIsItWeekday,
  kMonth,
  kYear,
  kCountDown,
  kCountBetween,
  kCountTo,
  kSpell,
  kLettersIn,
  kLetterCount,
  kAlphabet,
  kConnect,
  kAbilities,
  kJoke,
  kInvention,
  kChance,
  kNews,
  kTimer,
  kLanguages,
  kWhere,
  kAge,
  kHowAreYou,
  kHearing,
  kGreeting,
  kThanks,
  kFarewell,
  kNiceToMeet,
  kAcknowledge,
};

struct Request {
  Intent intent;
  Tokens rest;  // of the clause, after the phrase
};

/// nullopt: none of these.
std::optional<Request> recognise(Tokens clause);

}  // namespace eva::brain
