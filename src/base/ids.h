#pragma once
// Strong ids. A TurnId names one piece of work of one session (a transcription, a reply); it grows
// and is never reused, so a late result is recognised by its id alone (Session::is_current).
#include <compare>
#include <cstdint>

namespace eva {

struct TurnId {
  std::uint64_t value = 0;
  auto operator<=>(const TurnId&) const = default;
};

}  // namespace eva
