#pragma once
// What a clause asks for, judged by its phrases.
#include <cstdint>
#include <optional>

#include "brain/tokens.h"

namespace eva::brain {

enum class Intent : std::uint8_t {
  kEmergency,
  kPardon,
  kSayAgain,
  kWhatDidISay,
  kUserName,
  kAssistantName,
  kWhoAreYou,
  kAboutYourself,
  kAreYouHuman,
  kAreYouModel,
  kMaker,
  kCountDown,
  kCountBetween,
  kCountTo,
  kSpell,
  kLettersIn,
  kLetterCount,
  kAlphabet,
  kConnect,
  kHow,
  kAbilities,
  kJoke,
  kInvention,
  kChance,
  kNews,
  kDeed,
  kLanguages,
  kWhere,
  kAge,
  kHowAreYou,
  kHearing,
  kAlwaysListening,
  kWrong,
  kGreeting,
  kThanks,
  kFarewell,
  kNiceToMeet,
  kWish,
  kGoAhead,
  kUnfinished,
  kAcknowledge,
};

struct Request {
  Intent intent;
  Tokens rest;  // of the clause, after the phrase
};

/// nullopt: none of these. Questions for the time and the date are in calendar.h.
std::optional<Request> recognise(Tokens clause);

}  // namespace eva::brain
