#pragma once
// The Asio side of EventLoop, for src/io only.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>

#include "io/event_loop.h"

namespace eva::io {

struct EventLoop::Impl {
  /// Waits for one handler (a task, a timer or an I/O completion) and runs it. This is the root
  /// that catches what a handler throws, and the place where a new `now` begins.
  void run_one();
  Time now();
  void arm_alarm();
  void fire_alarm();
  void wait_for_signal(boost::asio::signal_set& signals, std::function<void(int)> task);

  // Given work by every class of src/io. The rest below goes before it.
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  boost::asio::steady_timer alarm{context};
  std::list<boost::asio::signal_set> signal_sets;

  std::map<std::pair<Time, TimerId>, Task> timers;  // the id breaks ties: order of creation
  std::unordered_map<TimerId, Time> timer_times;    // to find a timer by its id
  TimerId last_timer_id = 0;
  std::optional<Time> alarm_at;  // no later than the first timer; may be earlier after cancel()

  bool in_handler = false;
  std::optional<Time> handler_now;  // read at most once per handler
};

}  // namespace eva::io
