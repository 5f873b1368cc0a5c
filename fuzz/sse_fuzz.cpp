// Whatever a provider streams, in whatever pieces, the same events come out.
#include "pieces.h"
#include "providers/sse_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using eva::providers::SseParser;
  const Pieces pieces(data, size);
  std::vector<std::string> whole;
  SseParser at_once;
  const bool is_whole = at_once.push(pieces.bytes, whole).has_value();
  if (is_whole) at_once.finish(whole);

  std::vector<std::string> joined;
  SseParser bit_by_bit;
  const bool is_joined = pieces.each(
      [&](std::string_view piece) { return bit_by_bit.push(piece, joined).has_value(); });
  if (is_joined) bit_by_bit.finish(joined);
  if (is_whole != is_joined || whole != joined) __builtin_trap();
  return 0;
}
