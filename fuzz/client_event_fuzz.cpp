// Whatever a client sends, the parser answers with an event or a refusal.
#include <cstdint>
#include <string_view>

#include "transport/client_event.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  eva::transport::parse_client_event({reinterpret_cast<const char*>(data), size});
  return 0;
}
