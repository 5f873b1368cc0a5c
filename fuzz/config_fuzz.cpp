// Whatever stands in a settings file, it is read or refused.
#include <cstdint>
#include <string_view>

#include "config/toml_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(
      eva::config::parse_text({reinterpret_cast<const char*>(data), size}, "fuzz.toml"));
  return 0;
}
