#include "audio/resampler.h"

#include <speex/speex_resampler.h>

#include <algorithm>

#include "base/check.h"

namespace eva::audio {
namespace {
constexpr int kQuality = 5;
constexpr std::size_t kChunk = 4096;  // samples handed to the library at once
}  // namespace

struct Resampler::State {
  int from = 0;
  int to = 0;
  SpeexResamplerState* speex = nullptr;
  std::int64_t fed = 0;   // input samples since the start or flush
  std::int64_t made = 0;  // output samples since then

  ~State() {
    if (speex) speex_resampler_destroy(speex);
  }

  void run(std::span<const std::int16_t> in, std::vector<std::int16_t>& out) {
    while (!in.empty()) {
      auto taken = static_cast<spx_uint32_t>(std::min(in.size(), kChunk));
      const std::size_t before = out.size();
      auto room = static_cast<spx_uint32_t>(static_cast<std::int64_t>(taken) * to / from + 64);
      out.resize(before + room);
      EVA_CHECK(speex_resampler_process_int(speex, 0, in.data(), &taken, out.data() + before,
                                            &room) == RESAMPLER_ERR_SUCCESS);
      out.resize(before + room);
      made += room;
      in = in.subspan(taken);
    }
  }
};

Resampler::Resampler(int from_rate, int to_rate) : state_(new State{from_rate, to_rate}) {
  EVA_CHECK(from_rate >= 8000 && from_rate <= 192'000 && to_rate >= 8000 && to_rate <= 192'000);
  if (from_rate == to_rate) return;
  int error = 0;
  state_->speex = speex_resampler_init(1, static_cast<spx_uint32_t>(from_rate),
                                       static_cast<spx_uint32_t>(to_rate), kQuality, &error);
  EVA_CHECK(state_->speex && error == RESAMPLER_ERR_SUCCESS);
  speex_resampler_skip_zeros(state_->speex);
}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

void Resampler::process(std::span<const std::int16_t> in, std::vector<std::int16_t>& out) {
  if (!state_->speex) {
    out.insert(out.end(), in.begin(), in.end());
    return;
  }
  state_->fed += static_cast<std::int64_t>(in.size());
  state_->run(in, out);
}

void Resampler::flush(std::vector<std::int16_t>& out) {
  if (!state_->speex) return;
  // Zeros push the tail out of the filter; what they themselves become is cut off again.
  const std::int64_t wanted = state_->fed * state_->to / state_->from;
  const std::vector<std::int16_t> zeros(
      static_cast<std::size_t>(speex_resampler_get_input_latency(state_->speex)) + 1);
  while (state_->made < wanted) state_->run(zeros, out);
  out.resize(out.size() - static_cast<std::size_t>(state_->made - wanted));
  speex_resampler_reset_mem(state_->speex);
  speex_resampler_skip_zeros(state_->speex);
  state_->fed = state_->made = 0;
}

std::vector<std::int16_t> resample(std::span<const std::int16_t> in, int from_rate, int to_rate) {
  Resampler resampler(from_rate, to_rate);
  std::vector<std::int16_t> out;
  resampler.process(in, out);
  resampler.flush(out);
  return out;
}

}  // namespace eva::audio
