#include "engine/repetition.h"

#include <algorithm>

namespace eva::engine {
namespace {
constexpr std::size_t kLongestGroup = 16;
constexpr std::size_t kFewestGroups = 3;
constexpr std::size_t kFewestTokens = 8;
}  // namespace

std::optional<std::size_t> cut_repetition(std::span<const std::int64_t> tokens) {
  for (std::size_t size = 1; size <= kLongestGroup && size * kFewestGroups <= tokens.size();
       ++size) {
    // The end repeats with period `size` as far back as each token equals the one `size` before it.
    std::size_t periodic = size;
    while (periodic < tokens.size() &&
           tokens[tokens.size() - periodic - 1] == tokens[tokens.size() - periodic - 1 + size]) {
      ++periodic;
    }
    const std::size_t groups = periodic / size;
    if (groups >= kFewestGroups && groups * size >= kFewestTokens) {
      return tokens.size() - periodic + size;
    }
  }
  return std::nullopt;
}

}  // namespace eva::engine
