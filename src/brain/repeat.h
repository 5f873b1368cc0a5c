#pragma once
// "Repeat after me": the one request whose object is free text.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "brain/tokens.h"

namespace eva::brain {

struct RepeatRequest {
  std::size_t first = 0;  // the token at which the request begins; those before are something else
  std::string words;      // what to repeat, as written; "" if nothing followed
};

/// "repeat after me ..." (also as misheard), "say ...", "repeat the words ...". The words run to
/// the end of the transcript, whole and uncut. Not "say that again" or "say the
/// alphabet", nor after "not" or "never".
std::optional<RepeatRequest> find_repeat_request(const Transcript& transcript,
                                                 std::string_view assistant);

}  // namespace eva::brain
