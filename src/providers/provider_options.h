#pragma once
// How to talk to one OpenAI-compatible provider.
#include <optional>
#include <string>

#include "base/time.h"

namespace eva::providers {

struct ProviderOptions {
  std::string model;
  std::string voice;     // speech only: used where a request names none
  std::string api_key;   // "" = none is sent
  std::string user;      // brain only: names the conversation, "" = none
  std::string language;  // transcription only: used where a request names none, "" = not sent
  std::optional<double> temperature;  // brain only; unset = the provider's own
  Duration timeout = 15s;             // until the answer begins; then 15 s between two pieces of it
};

}  // namespace eva::providers
