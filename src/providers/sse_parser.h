#pragma once
// Server-sent events, as chat completions stream them. Pure; takes any bytes in any chunking.
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eva::providers {

inline constexpr std::size_t kMaxSseLine = 1 << 20;  // bytes of one line, and of one event

/// Keeps the "data" of each event and drops comments and the other fields. Lines end with \n, \r\n
/// or \r.
class SseParser {
 public:
  /// Appends the data of each event that `bytes` completes; several data lines of one event are
  /// joined with \n. kProtocol: a line or an event is over kMaxSseLine; nothing may follow.
  [[nodiscard]] Result<> push(std::string_view bytes, std::vector<std::string>& events);
  /// The stream ended: appends the event that lacks its closing blank line, if there is one.
  void finish(std::vector<std::string>& events);

 private:
  void end_line(std::vector<std::string>& events);
  void end_event(std::vector<std::string>& events);

  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_return_ = false;  // the last byte was \r: a \n that follows belongs to it
};

}  // namespace eva::providers
