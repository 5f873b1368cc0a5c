#include "io/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eva::io {
namespace http = boost::beast::http;
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};

/// One item of a comma-separated header value, as in "Connection: keep-alive, Upgrade".
bool has_item(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    std::string_view part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(part.size() + 1, list.size()));
    while (!part.empty() && (part.front() == ' ' || part.front() == '\t')) part.remove_prefix(1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\t')) part.remove_suffix(1);
    if (equals_ignoring_case(part, item)) return true;
  }
  return false;
}

}  // namespace

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_(header_bytes_max) {
  header_limit(static_cast<std::uint32_t>(header_bytes_max));
  body_limit(body_bytes_max);
  eager(true);
}

std::expected<std::size_t, Rejection> RequestParser::feed(std::string_view bytes) {
  error_code error;
  const std::size_t used = put({bytes.data(), bytes.size()}, error);
  if (rejection_.status != 0) return std::unexpected(rejection_);
  if (!error || error == http::error::need_more) {
    // The head is bounded by header_limit; this bounds the line between two chunks of the body.
    if (has_head() && !complete() && bytes.size() - used > header_bytes_max_) {
      return std::unexpected(Rejection{400, "a chunk header is too long"});
    }
    return used;
  }
  if (error == http::error::header_limit) {
    return std::unexpected(
        Rejection{431, fmt::format("the request head is over {} bytes", header_bytes_max_)});
  }
  if (error == http::error::body_limit) {
    return std::unexpected(Rejection{413, "the request body is too large"});
  }
  if (error == http::error::bad_version) {
    return std::unexpected(Rejection{505, "this server speaks HTTP/1.1"});
  }
  return std::unexpected(Rejection{400, "malformed request: " + error.message()});
}

bool RequestParser::expects_continue() const {
  const auto expect = find_header(request_.headers, "Expect");
  return !is_http_1_0_ && expect && equals_ignoring_case(*expect, "100-continue");
}

bool RequestParser::is_websocket_upgrade() const {
  const auto upgrade = find_header(request_.headers, "Upgrade");
  const auto connection = find_header(request_.headers, "Connection");
  return request_.method == "GET" && upgrade && has_item(*upgrade, "websocket") && connection &&
         has_item(*connection, "upgrade");
}

void RequestParser::on_request_impl(http::verb, string_view method_text, string_view target,
                                    int version, error_code& error) {
  request_.method = method_text;
  is_http_1_0_ = version == 10;
  if (std::ranges::find(kMethods, request_.method) == kMethods.end()) {
    return reject(405, fmt::format("method {} is not supported", request_.method), error);
  }
  std::string_view path(target.data(), target.size());
  if (path.starts_with("http://")) {  // the absolute form, which a server must accept
    const auto slash = path.find('/', 7);
    path = slash == std::string_view::npos ? "/" : path.substr(slash);
  }
  if (!path.starts_with('/') && !(path == "*" && request_.method == "OPTIONS")) {
    return reject(400, "the request target must begin with '/'", error);
  }
  request_.target = path;
}

void RequestParser::on_field_impl(http::field, string_view name, string_view value, error_code&) {
  if (in_head_) request_.headers.emplace_back(name, value);
}

void RequestParser::on_header_impl(error_code& error) {
  in_head_ = false;
  const auto hosts = std::ranges::count_if(request_.headers, [](const auto& header) {
    return equals_ignoring_case(header.first, "Host");
  });
  if (hosts > 1 || (hosts == 0 && !is_http_1_0_)) {
    reject(400, "exactly one Host header is needed", error);
  }
}

std::size_t RequestParser::on_body_impl(string_view piece, error_code&) {
  request_.body.append(piece.data(), piece.size());
  return piece.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) {
  request_.body.append(piece.data(), piece.size());
  return piece.size();
}

void RequestParser::reject(int status, std::string reason, error_code& error) {
  rejection_ = {status, std::move(reason)};
  error = http::error::bad_field;  // any error stops the parser; feed() returns the rejection
}

}  // namespace eva::io
