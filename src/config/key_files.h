#pragma once
// API keys from files and variables.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/secret.h"

namespace eva::config {

/// The whole file. kNotFound, kIo; kBadConfig: larger than `bytes_max` or not a regular file (pipes
/// are read, folders are not). The message names the reason, not the content.
Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max);

/// The keys of a file: one per line, blank lines and lines that begin with # do not count, blanks
/// around a key are dropped. Errors as read_file; kBadConfig: no key in it, or a key with a blank.
Result<std::vector<Secret>> read_keys(const std::filesystem::path& file);

/// Splits a comma-separated list of keys.
std::vector<Secret> split_keys(std::string_view text);

/// True when every user of this machine may read the file.
bool readable_by_all(const std::filesystem::path& file);

}  // namespace eva::config
