#include "io/response_parser.h"

#include <utility>

namespace eva::io {
namespace http = boost::beast::http;
namespace {

constexpr std::uint32_t kHeadBytesMax = 64 << 10;

}  // namespace

ResponseParser::ResponseParser(bool is_answer_to_head, Sink sink)
    : is_answer_to_head_(is_answer_to_head), sink_(std::move(sink)) {
  start_message();
}

void ResponseParser::start_message() {
  headers_.clear();
  is_interim_ = false;
  wire_.emplace(*this);
  wire_->header_limit(kHeadBytesMax);
  wire_->body_limit(boost::none);
  wire_->eager(true);
  wire_->skip(is_answer_to_head_);
}

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !complete()) {
    if (is_interim_ && wire_->is_done()) start_message();
    const std::string_view rest = bytes.substr(used);
    error_code error;
    used += wire_->put({rest.data(), rest.size()}, error);
    if (is_stopped_) return fail(ErrorCode::kCancelled, "nobody wants the rest");
    if (error == http::error::need_more) {
      // The head is bounded by header_limit; this bounds the line between two chunks of the body.
      if (bytes.size() - used > kHeadBytesMax) {
        return fail(ErrorCode::kProtocol, "a chunk header is too long");
      }
      return used;
    }
    if (error) return fail(ErrorCode::kProtocol, error.message());
  }
  return used;
}

bool ResponseParser::feed_end() {
  if (!wire_->is_header_done() || !wire_->need_eof()) return false;
  error_code error;
  wire_->put_eof(error);
  return !error;
}

void ResponseParser::Wire::on_response_impl(int status, string_view, int, error_code&) {
  owner_.status_ = status;
}

void ResponseParser::Wire::on_field_impl(http::field, string_view name, string_view value,
                                         error_code&) {
  if (in_head_) owner_.headers_.emplace_back(name, value);
}

void ResponseParser::Wire::on_header_impl(error_code& error) {
  in_head_ = false;
  if (owner_.status_ == 101) {  // an upgrade that nobody asked for
    error = http::error::bad_status;
    return;
  }
  owner_.is_interim_ = owner_.status_ < 200;
  if (owner_.is_interim_) return;
  owner_.is_stopped_ = !owner_.sink_.on_head(owner_.status_, owner_.headers_);
  if (owner_.is_stopped_) error = http::error::end_of_stream;  // any error stops put()
}

std::size_t ResponseParser::Wire::on_body_impl(string_view piece, error_code& error) {
  owner_.is_stopped_ = !owner_.sink_.on_data({piece.data(), piece.size()});
  if (owner_.is_stopped_) error = http::error::end_of_stream;
  return piece.size();
}

std::size_t ResponseParser::Wire::on_chunk_body_impl(std::uint64_t, string_view piece,
                                                     error_code& error) {
  return on_body_impl(piece, error);
}

}  // namespace eva::io
