#include "echo/canceller.h"

#include <speex/speex_echo.h>

#include "base/check.h"

namespace eva::echo {

struct Canceller::State {
  SpeexEchoState* speex = speex_echo_state_init(kWindow, kTail);
  ~State() { speex_echo_state_destroy(speex); }
};

Canceller::Canceller() : state_(new State) {
  EVA_CHECK(state_->speex != nullptr);
  int rate = 16'000;
  speex_echo_ctl(state_->speex, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
}
Canceller::~Canceller() = default;
Canceller::Canceller(Canceller&&) noexcept = default;
Canceller& Canceller::operator=(Canceller&&) noexcept = default;

void Canceller::cancel(std::span<const std::int16_t> heard, std::span<const std::int16_t> played,
                       std::span<std::int16_t> rest) {
  EVA_CHECK(heard.size() == kWindow && played.size() == kWindow && rest.size() == kWindow);
  speex_echo_cancellation(state_->speex, heard.data(), played.data(), rest.data());
}

void Canceller::reset() {
  speex_echo_state_reset(state_->speex);
}

}  // namespace eva::echo
