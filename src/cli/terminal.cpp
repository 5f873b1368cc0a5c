#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace eva::cli {

bool can_rewrite_line(int file) {
  const char* terminal = std::getenv("TERM");
  return isatty(file) != 0 && terminal && std::string_view(terminal) != "dumb";
}

int terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string_view last_characters(std::string_view text, std::size_t most) {
  std::size_t at = text.size();
  for (std::size_t count = 0; at > 0 && count < most;) {
    --at;
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) ++count;
  }
  return text.substr(at);
}

}  // namespace eva::cli
