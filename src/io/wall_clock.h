#pragma once
// The calendar's clock, for what people and protocols want to know; never for measuring time.
#include <cstdint>
#include <ctime>

namespace eva::io {

/// Seconds since 1970-01-01 UTC.
std::int64_t unix_seconds();
/// The local date and time of this machine.
std::tm local_time();

}  // namespace eva::io
