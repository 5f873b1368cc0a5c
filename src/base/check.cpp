#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace eva {

void check_failed(const char* condition, const char* file, int line) {
  const std::string what =
      std::string("bug: ") + condition + " at " + file + ":" + std::to_string(line);
#ifdef NDEBUG
  throw BugError(what);
#else
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
#endif
}

}  // namespace eva
