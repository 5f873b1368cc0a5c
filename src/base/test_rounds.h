#pragma once
// For tests: how often a property is tried, with other seeds or other damage.
#include <cstdint>

namespace eva {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;  // as g++ says it
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;  // as clang says it
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// `all` rounds; a tenth of them, at least one, in a build with the address or thread sanitizer,
/// which is many times slower. A bound on what they add up to must shrink by the same share.
constexpr std::uint64_t test_rounds(std::uint64_t all) {
  if (!kSanitized) return all;
  return all < 10 ? 1 : all / 10;
}

}  // namespace eva
