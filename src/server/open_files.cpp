#include "server/open_files.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

namespace eva::server {

bool allow_open_files(std::size_t needed) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= needed) return true;
  spdlog::warn(
      "only {} files may be open, and so many calls may need {}: raise the hard limit (ulimit -Hn, "
      "LimitNOFILE) or lower limits.connections",
      limit.rlim_cur, needed);
  return false;
}

}  // namespace eva::server
