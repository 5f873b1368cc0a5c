// Whatever form is uploaded, its parts lie inside the body, or it is refused. The input's first
// line is the content type, the rest the body.
#include <cstdint>
#include <functional>

#include "engine/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(end + 1, size));
  const auto parts = eva::engine::parse_multipart(input.substr(0, end), body);
  if (!parts) return 0;
  for (const auto& part : *parts) {
    const std::less_equal<const char*> no_later;
    const bool is_inside = no_later(body.data(), part.data.data()) &&
                           no_later(part.data.data() + part.data.size(), body.data() + body.size());
    if (!is_inside) __builtin_trap();
  }
  return 0;
}
