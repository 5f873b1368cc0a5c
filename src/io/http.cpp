#include "io/http.h"

#include <algorithm>

#include "io/url.h"

namespace eva::io {
namespace {

std::string decode_query_part(std::string_view part) {
  std::string text(part);
  std::ranges::replace(text, '+', ' ');
  return percent_decode(text);
}

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::string_view HttpRequest::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::optional<std::string> HttpRequest::query(std::string_view name) const {
  const auto mark = target.find('?');
  if (mark == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(target).substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto equals = pair.find('=');
    if (decode_query_part(pair.substr(0, equals)) != name) continue;
    return equals == std::string_view::npos ? "" : decode_query_part(pair.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace eva::io
