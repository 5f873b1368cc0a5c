#include "engine/text/emoticon.h"

#include "engine/text/scan.h"

namespace eva::text {
namespace {

std::size_t face_length(std::string_view text) {
  constexpr std::string_view kEyes = ":;";
  constexpr std::string_view kNoses = "-'";
  constexpr std::string_view kMouths = ")(]DdPpOo/\\";
  if (text.size() < 2 || kEyes.find(text[0]) == std::string_view::npos) return 0;
  const std::size_t mouth = kNoses.find(text[1]) == std::string_view::npos ? 1 : 2;
  if (mouth == text.size() || kMouths.find(text[mouth]) == std::string_view::npos) return 0;
  const std::size_t end = text.find_first_not_of(text[mouth], mouth);  // ":)))"
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t other_length(std::string_view text) {
  for (const std::string_view written : {"<3", "</3", "xD", "XD", "^_^", "^^"}) {
    if (text.starts_with(written)) return written.size();
  }
  return 0;
}

}  // namespace

std::size_t emoticon_length(std::string_view text) {
  std::size_t length = face_length(text);
  if (length == 0) length = other_length(text);
  if (length == 0 || length == text.size()) return length;
  const char next = text[length];
  return is_space(next) || std::string_view(".,!?)").find(next) != std::string_view::npos ? length
                                                                                          : 0;
}

}  // namespace eva::text
