#pragma once
// For the tests of src/io: a loop on a thread of its own, and blocking peers that send what they
// like. Every wait is bounded by kPatience, which no passing test comes near.
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>

#include "io/event_loop.h"
#include "io/listener.h"
#include "io/unique_fd.h"

namespace eva::io::testing {

constexpr Duration kPatience = 10s;

/// Runs until destroyed. What lives on the loop must be made and used in call(), and may be
/// destroyed after join().
class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() { join(); }

  EventLoop& loop() { return loop_; }
  /// Runs `task` on the loop and waits for it.
  void call(std::function<void()> task);
  void join();

 private:
  EventLoop loop_;
  std::jthread thread_;
};

/// One end of a connection, blocking.
class Peer {
 public:
  explicit Peer(UniqueFd fd);
  /// To "127.0.0.1:8000" or "unix:/path", as HttpServer::address() gives it.
  static Peer connect_to(const std::string& address);

  /// False if the other end is gone.
  bool send(std::string_view bytes);
  /// At most `max` bytes; "" at the end of the stream, after an error or when the patience ends.
  std::string receive(std::size_t max = 64 << 10);
  /// Until `end` has come, or nothing more comes.
  std::string receive_until(std::string_view end);
  /// Until the other end closes.
  std::string receive_all();
  /// No more will be sent: what follows a request with "Connection: close".
  void finish();
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

/// Accepts on 127.0.0.1 and runs the script for one connection after the other, each to its end.
class ScriptedServer {
 public:
  /// `number` counts the connections from 0.
  explicit ScriptedServer(std::function<void(Peer&, int number)> script);
  ~ScriptedServer();
  std::string port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + port_; }

 private:
  Listener listener_;
  std::string port_;
  std::jthread thread_;
};

}  // namespace eva::io::testing
