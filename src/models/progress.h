#pragma once
// What a long operation tells its user.
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace eva::models {

class Progress {
 public:
  virtual ~Progress() = default;
  /// One line for people.
  virtual void say(std::string_view line) = 0;
  /// `done` of `total` bytes of `what` are here; may be called very often. done == total ends it.
  virtual void bytes(std::string_view what, std::uint64_t done, std::uint64_t total) = 0;
};

/// On a terminal one line that is rewritten at most ten times a second, otherwise a line for every
/// quarter; each with the rate and the time left.
class ConsoleProgress final : public Progress {
 public:
  /// `out` must outlive this object. `now` is any monotonic clock.
  ConsoleProgress(std::ostream& out, bool terminal, std::function<Time()> now);
  void say(std::string_view line) override;
  void bytes(std::string_view what, std::uint64_t done, std::uint64_t total) override;

 private:
  void end_line();

  std::ostream& out_;
  const bool terminal_;
  const std::function<Time()> now_;
  std::string what_;             // the transfer under way, "" = none
  Time started_;                 // of that transfer
  std::uint64_t first_ = 0;      // bytes that were there when it started (a resumed one)
  std::optional<Time> written_;  // last rewriting of the line
  std::uint64_t quarters_ = 0;   // printed so far
  bool open_ = false;            // the terminal's cursor stands behind an unfinished line
};

/// "63.2 MB", "1.3 GB", "280 B".
std::string human_bytes(std::uint64_t bytes);
/// "8 s", "2 min 5 s", "1 h 3 min"; rounded up to 1 s.
std::string human_duration(Duration duration);

}  // namespace eva::models
