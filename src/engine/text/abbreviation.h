#pragma once
// Abbreviations that are read as whole words.
#include <string_view>

namespace eva::text {

struct Abbreviation {
  enum class When {
    kWithDot,       // only with its full stop
    kAlways,        // with or without
    kBeforeNumber,  // only when a number follows
  };
  std::string_view written;  // without the last full stop
  const char* words;
  When when;
  bool may_end_sentence;  // "etc.", "Inc." may; "Dr.", "vs." never do
};

/// nullptr when `core` is none. Case matters.
const Abbreviation* find_abbreviation(std::string_view core);

/// "U.S", "a.m", "Ph.D", "J.R.R": one or two letters between full stops.
bool is_dotted(std::string_view core);

}  // namespace eva::text
