// Whatever a voice sends, in whatever pieces, the same samples come out.
#include "pieces.h"
#include "providers/pcm_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using eva::providers::PcmStream;
  const Pieces pieces(data, size);
  std::vector<std::int16_t> whole;
  PcmStream at_once;
  const bool is_whole = at_once.push(pieces.bytes, whole).has_value();

  std::vector<std::int16_t> joined;
  PcmStream bit_by_bit;
  const bool is_joined = pieces.each(
      [&](std::string_view piece) { return bit_by_bit.push(piece, joined).has_value(); });
  if (is_whole != is_joined || whole != joined) __builtin_trap();
  return 0;
}
