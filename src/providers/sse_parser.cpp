#include "providers/sse_parser.h"

#include <algorithm>
#include <utility>

namespace eva::providers {

Result<> SseParser::push(std::string_view bytes, std::vector<std::string>& events) {
  while (!bytes.empty()) {
    if (std::exchange(after_return_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (line_.size() + end + data_.size() > kMaxSseLine) {
      return fail(ErrorCode::kProtocol, "a server-sent event is longer than 1 MiB");
    }
    line_ += bytes.substr(0, end);
    if (end == bytes.size()) return {};
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line(events);
  }
  return {};
}

void SseParser::finish(std::vector<std::string>& events) {
  if (!line_.empty()) end_line(events);
  end_event(events);
}

void SseParser::end_line(std::vector<std::string>& events) {
  std::string_view line = line_;
  if (line.empty()) {
    end_event(events);
  } else if (line == "data" || line.starts_with("data:")) {
    line.remove_prefix(std::min<std::size_t>(line.size(), 5));
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += line;
  }
  line_.clear();
}

void SseParser::end_event(std::vector<std::string>& events) {
  if (has_data_) events.push_back(std::exchange(data_, {}));
  has_data_ = false;
}

}  // namespace eva::providers
