#pragma once
// For parsers of streams: the same bytes must mean the same in whatever pieces they come.
#include <algorithm>
#include <cstdint>
#include <string_view>

/// The first byte of the input says how long the pieces are; the rest are the stream's bytes.
struct Pieces {
  Pieces(const std::uint8_t* data, std::size_t size)
      : bytes(reinterpret_cast<const char*>(data), size) {
    if (bytes.empty()) return;
    length = std::max<std::size_t>(data[0], 1);
    bytes.remove_prefix(1);
  }

  /// Calls `push` with one piece after the other for as long as it returns true; false if it did
  /// not.
  template <typename Push>
  bool each(Push push) const {
    for (std::size_t at = 0; at < bytes.size(); at += length) {
      if (!push(bytes.substr(at, length))) return false;
    }
    return true;
  }

  std::string_view bytes;
  std::size_t length = 1;
};
