#pragma once
// One accepted connection of an HttpServer. For src/io only.
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "io/http_server.h"
#include "io/request_parser.h"
#include "io/stream_socket.h"

namespace eva::io {

class HttpConnection;

/// What the connections of one server share; owned by the server and by each of them. Thread-safe.
struct ServerShared {
  HttpServerLimits limits;
  HttpHandlers handlers;
  std::atomic<std::size_t> plain = 0;       // open connections that are no WebSockets
  std::atomic<std::size_t> websockets = 0;  // open, or upgrades under way

  std::mutex mutex;
  std::unordered_map<const HttpConnection*, std::weak_ptr<HttpConnection>> connections;
};

/// Takes one of `limit` places in a counter, which is free again when the token is gone; null if
/// all are taken.
ConnectionToken take_place(std::shared_ptr<ServerShared> shared,
                           std::atomic<std::size_t> ServerShared::*counter, std::size_t limit);

/// Reads one request at a time, hands it to the handlers, writes the answer, and starts again. A
/// read is always pending, so a peer that leaves is noticed while a handler works; the exception is
/// a peer that has pipelined `header_bytes` more. Lives on its loop; its pending operations keep it
/// alive.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<ServerShared> shared, EventLoop& loop, StreamSocket socket,
                 std::string remote, ConnectionToken token);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Once. A connection over the server's limit only gets a 503.
  void start(bool is_over_limit);
  /// Closes and tells nobody.
  void abort();

  // The other end of Responder. `exchange` says which request it answers: a responder that outlives
  // its answer must not write into the next one.
  void respond(std::uint64_t exchange, HttpResponse response);
  void start_stream(std::uint64_t exchange, int status, const Headers& headers);
  bool write(std::uint64_t exchange, std::string_view piece);
  void finish_stream(std::uint64_t exchange);
  void set_on_disconnect(std::uint64_t exchange, std::move_only_function<void()> task);
  void abandon(std::uint64_t exchange);
  std::size_t queued_bytes() const { return queued_bytes_; }

 private:
  enum class State { kReading, kHandling, kLingering, kClosed };
  enum class Answer { kNone, kStreaming, kFinished };  // while kHandling

  void wait_for_request();
  void read_more();
  void on_read(boost::system::error_code error, std::size_t size);
  void parse();
  void begin_exchange();
  void refuse(int status, std::string_view reason);
  void dispatch();
  void upgrade();
  bool is_answering(std::uint64_t exchange) const;
  void queue_head(int status, const Headers& headers, std::optional<std::size_t> length);
  void queue(std::string bytes);
  void finish_answer();
  void flush();
  void on_written(boost::system::error_code error, std::size_t size);
  void on_answer_sent();
  void linger();
  void drop();
  void close();
  void run_on_disconnect();
  void arm(Duration after, void (HttpConnection::*action)());
  void disarm();
  void on_late();

  // Given.
  const std::shared_ptr<ServerShared> shared_;
  EventLoop& loop_;
  StreamSocket socket_;
  const std::string remote_;
  ConnectionToken token_;

  State state_ = State::kReading;
  std::optional<TimerId> deadline_;

  // Reading.
  std::array<char, 16 << 10> chunk_{};
  std::string pending_;  // read, not parsed
  std::optional<RequestParser> parser_;
  bool is_reading_ = false;
  bool has_begun_ = false;  // the first bytes of the request have come
  bool has_sent_continue_ = false;

  // The exchange under way.
  std::uint64_t exchange_ = 0;
  Answer answer_ = Answer::kNone;
  bool is_head_request_ = false;
  bool is_http_1_0_ = false;
  bool keep_alive_ = false;
  bool is_chunked_ = false;
  std::move_only_function<void()> on_disconnect_;

  // Writing.
  std::deque<std::string> out_;
  std::size_t out_offset_ = 0;  // sent bytes of out_.front()
  std::size_t queued_bytes_ = 0;
  bool is_writing_ = false;
};

}  // namespace eva::io
