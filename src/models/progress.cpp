#include "models/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace eva::models {

ConsoleProgress::ConsoleProgress(std::ostream& out, bool terminal, std::function<Time()> now)
    : out_(out), terminal_(terminal), now_(std::move(now)) {}

void ConsoleProgress::say(std::string_view line) {
  end_line();
  out_ << line << std::endl;
}

void ConsoleProgress::bytes(std::string_view what, std::uint64_t done, std::uint64_t total) {
  const Time now = now_();
  if (what != what_) {
    end_line();
    what_ = what;
    started_ = now;
    first_ = done;
    written_.reset();
    quarters_ = total > 0 ? done * 4 / total : 0;
  }
  const Duration elapsed = now - started_;
  const std::uint64_t fresh = done - std::min(first_, done);
  std::string line = fmt::format("  {}  {} of {}", what_, human_bytes(done), human_bytes(total));
  if (elapsed >= 500ms && fresh > 0) {
    const double rate = static_cast<double>(fresh) * 1e6 / static_cast<double>(elapsed.count());
    line += fmt::format(", {}/s", human_bytes(static_cast<std::uint64_t>(rate)));
    if (done < total) {
      const double left = static_cast<double>(total - done) / rate;
      line +=
          fmt::format(", {} left", human_duration(Duration{static_cast<std::int64_t>(left * 1e6)}));
    }
  }
  if (terminal_) {
    if (done < total && written_ && now - *written_ < 100ms) return;
    written_ = now;
    out_ << "\r\x1b[K" << line << std::flush;
    open_ = true;
  } else if (const std::uint64_t quarter = total > 0 ? done * 4 / total : 4; quarter > quarters_) {
    quarters_ = quarter;
    out_ << line << std::endl;
  }
  if (done >= total) {
    end_line();
    what_.clear();
  }
}

void ConsoleProgress::end_line() {
  if (open_) out_ << std::endl;
  open_ = false;
}

std::string human_bytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 999'950) return fmt::format("{:.1f} kB", value / 1e3);
  if (bytes < 999'950'000) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} GB", value / 1e9);
}

std::string human_duration(Duration duration) {
  const std::int64_t seconds = (duration.count() + 999'999) / 1'000'000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

}  // namespace eva::models
