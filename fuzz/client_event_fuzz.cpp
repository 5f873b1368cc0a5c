// Whatever a client sends, the parser answers with an event or a refusal, and a refused
// session.update changes nothing.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "transport/client_event.h"
#include "transport/realtime_session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eva::transport;
  const auto event = parse_client_event({reinterpret_cast<const char*>(data), size});
  const auto* update = std::get_if<UpdateSession>(&event);
  if (!update) return 0;
  RealtimeSession session;
  const auto before = session.to_json("s", 0);
  const bool is_refused = session.update(nlohmann::json::parse(update->session)).has_value();
  const auto after = session.to_json("s", 0);  // whatever it holds now can be told
  if (is_refused && after != before) __builtin_trap();
  return 0;
}
