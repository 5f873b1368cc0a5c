#pragma once
// Generated from web/dist at build time (embed_web.cmake).
#include <span>
#include <string_view>

namespace eva::server {

struct WebFile {
  std::string_view path;  // "/assets/x.js"
  std::string_view content;
};
std::span<const WebFile> web_files();

}  // namespace eva::server
