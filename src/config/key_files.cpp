#include "config/key_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace eva::config {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return fail(ErrorCode::kBadConfig, "it is a folder");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    const int reason = errno;
    return fail(reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, std::strerror(reason));
  }
  std::string text;
  char block[65536];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) {
      return fail(ErrorCode::kBadConfig, fmt::format("it is larger than {} bytes", bytes_max));
    }
  }
  if (in.bad()) return fail(ErrorCode::kIo, "it cannot be read");
  return text;
}

Result<std::vector<Secret>> read_keys(const std::filesystem::path& file) {
  auto text = read_file(file, 1024 * 1024);
  if (!text) return std::unexpected(text.error());
  std::vector<Secret> keys;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.find_first_of(" \t") != line.npos) {
      return fail(ErrorCode::kBadConfig, "a line holds more than one word; write one key per line");
    }
    keys.emplace_back(std::string(line));
  }
  if (keys.empty()) return fail(ErrorCode::kBadConfig, "there is no key in it");
  return keys;
}

std::vector<Secret> split_keys(std::string_view text) {
  std::vector<Secret> keys;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view key = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (!key.empty()) keys.emplace_back(std::string(key));
  }
  return keys;
}

bool readable_by_all(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  return !error && (status.permissions() & std::filesystem::perms::others_read) !=
                       std::filesystem::perms::none;
}

}  // namespace eva::config
