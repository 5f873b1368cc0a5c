// Whatever stands in the lines of a recorded call, they are read or refused.
#include <cstdint>
#include <string_view>

#include "replay/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(eva::replay::parse_recording({reinterpret_cast<const char*>(data), size}, {}));
  return 0;
}
