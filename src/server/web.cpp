#include "server/web.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "server/web_files.h"

namespace eva::server {
namespace {

std::string_view content_type(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

std::optional<io::HttpResponse> page(std::string_view path) {
  if (path == "/") path = "/index.html";
  const auto files = web_files();
  const auto file = std::ranges::find(files, path, &WebFile::path);
  if (file == files.end()) return std::nullopt;
  return io::HttpResponse{
      .status = 200,
      .headers =
          {{"Content-Type", std::string(content_type(path))},
           {"Cache-Control",
            path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"},
           {"Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src "
            "'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "no-referrer"},
           {"Permissions-Policy", "microphone=(self)"}},
      .body = std::string(file->content)};
}

}  // namespace eva::server
