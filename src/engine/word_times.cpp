#include "engine/word_times.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/check.h"

namespace eva::engine {
namespace {

constexpr std::size_t kSmoothed = 7;  // frames of the median

/// Each frame's column to mean 0 and deviation 1: what all tokens look at says nothing.
void standardise(std::vector<float>& values, std::size_t rows, std::size_t frames) {
  for (std::size_t frame = 0; frame < frames; ++frame) {
    double sum = 0;
    double squares = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const double value = values[row * frames + frame];
      sum += value;
      squares += value * value;
    }
    const double count = static_cast<double>(rows);
    const double mean = sum / count;
    const double deviation = std::sqrt(std::max(squares / count - mean * mean, 1e-20));
    for (std::size_t row = 0; row < rows; ++row) {
      float& value = values[row * frames + frame];
      value = static_cast<float>((value - mean) / deviation);
    }
  }
}

/// A median along each row; the row is mirrored at its ends.
std::vector<float> smooth(const std::vector<float>& values, std::size_t rows, std::size_t frames) {
  constexpr auto kHalf = static_cast<std::ptrdiff_t>(kSmoothed / 2);
  const auto last = static_cast<std::ptrdiff_t>(frames) - 1;
  std::vector<float> smoothed(values.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const auto line = std::span(values).subspan(row * frames, frames);
    for (std::ptrdiff_t frame = 0; frame <= last; ++frame) {
      std::array<float, kSmoothed> window;
      for (std::ptrdiff_t i = -kHalf; i <= kHalf; ++i) {
        std::ptrdiff_t at = std::abs(frame + i);
        if (at > last) at = std::max<std::ptrdiff_t>(2 * last - at, 0);
        window[static_cast<std::size_t>(i + kHalf)] = line[static_cast<std::size_t>(at)];
      }
      std::ranges::nth_element(window, window.begin() + kHalf);
      smoothed[row * frames + static_cast<std::size_t>(frame)] = window[kSmoothed / 2];
    }
  }
  return smoothed;
}

}  // namespace

std::vector<std::size_t> align_rows(std::span<const float> attention, std::size_t rows,
                                    std::size_t frames) {
  EVA_CHECK(attention.size() == rows * frames);
  if (rows == 0 || frames == 0) return {};
  std::vector<float> values(attention.begin(), attention.end());
  standardise(values, rows, frames);
  const std::vector<float> gain = smooth(values, rows, frames);

  // best[row][frame]: the gain of the best path to there; a step goes to the next frame, the next
  // row, or both.
  enum class From : std::uint8_t { kStart, kFrame, kRow, kBoth };
  std::vector<float> best(gain.size());
  std::vector<From> from(gain.size(), From::kStart);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t frame = 0; frame < frames; ++frame) {
      const std::size_t at = row * frames + frame;
      float before = 0;
      if (row > 0 && frame > 0) {
        before = best[at - frames - 1];
        from[at] = From::kBoth;
      }
      if (frame > 0 && (from[at] == From::kStart || best[at - 1] > before)) {
        before = best[at - 1];
        from[at] = From::kFrame;
      }
      if (row > 0 && (from[at] == From::kStart || best[at - frames] > before)) {
        before = best[at - frames];
        from[at] = From::kRow;
      }
      best[at] = before + gain[at];
    }
  }
  std::vector<std::size_t> first(rows);
  std::size_t row = rows - 1;
  std::size_t frame = frames - 1;
  for (;;) {
    first[row] = frame;
    switch (from[row * frames + frame]) {
      case From::kStart:
        return first;
      case From::kFrame:
        --frame;
        break;
      case From::kRow:
        --row;
        break;
      case From::kBoth:
        --row;
        --frame;
        break;
    }
  }
}

}  // namespace eva::engine
