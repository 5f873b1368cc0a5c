#include "io/caller.h"

#include <algorithm>

namespace eva::io {
namespace {
bool same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  }
  return difference == 0;
}
}  // namespace

bool is_local_host(std::string_view host) {
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host.empty() || host == "localhost" || (numeric && host.starts_with("127."));
}

std::optional<std::string_view> bearer_key(const Headers& headers) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = find_header(headers, "Authorization");
  if (!value || !equals_ignoring_case(value->substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  return value->substr(kScheme.size());
}

bool is_one_of(std::string_view key, std::span<const std::string> secrets) {
  bool known = false;
  for (const std::string& secret : secrets) known |= same_secret(key, secret);
  return known;
}

}  // namespace eva::io
