#pragma once
// EVA_CHECK(cond): a bug in Eva if false; never on outside data. Debug and sanitizer builds abort,
// release builds throw BugError, which the session or job root catches and ends only that session.
#include <stdexcept>
#include <string>

namespace eva {

class BugError : public std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace eva

#define EVA_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::eva::check_failed(#condition, __FILE__, __LINE__))
