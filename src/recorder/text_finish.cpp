#include "recorder/text_finish.h"

#include <cctype>
#include <sstream>

namespace eva::recorder {

std::string finish_text(const std::string& text, const TextFinish& finish) {
  std::istringstream in(text);
  std::string out;
  for (std::string word; in >> word;) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  if (out.empty()) return out;
  const auto first = static_cast<unsigned char>(out.front());
  if (finish.uppercase_start) out.front() = static_cast<char>(std::toupper(first));
  const auto last = static_cast<unsigned char>(out.back());
  if (finish.period_end && (std::isalnum(last) || last >= 0x80)) out += '.';
  return out;
}

}  // namespace eva::recorder
