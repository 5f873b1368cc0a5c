#include "io/event_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "io/loop_impl.h"

namespace eva::io {
namespace asio = boost::asio;
namespace {

using RealClock = std::chrono::steady_clock;
const RealClock::time_point kProcessStart = RealClock::now();

/// An alarm further away fires early, finds nothing due and is set again. Keeps Time::max() legal.
constexpr Duration kLongestAlarm = 1h;

Time read_clock() {
  return Time(std::chrono::floor<Duration>(RealClock::now() - kProcessStart));
}

}  // namespace

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() {
  // What a dropped task owns may cancel timers of this loop, so the maps must not be in
  // destruction.
  while (!impl_->timers.empty()) {
    auto dropped = impl_->timers.extract(impl_->timers.begin());
    impl_->timer_times.erase(dropped.key().second);
  }
}

void EventLoop::run() {
  while (!impl_->context.stopped()) impl_->run_one();
  impl_->context.restart();
}

void EventLoop::run_until(const std::function<bool()>& done) {
  while (!impl_->context.stopped() && !done()) impl_->run_one();
  if (impl_->context.stopped()) impl_->context.restart();
}

void EventLoop::stop() {
  impl_->context.stop();
}

Time EventLoop::now() const {
  return impl_->now();
}

void EventLoop::post(Task task) {
  asio::post(impl_->context, std::move(task));
}

TimerId EventLoop::call_at(Time when, Task task) {
  const TimerId id = ++impl_->last_timer_id;
  impl_->timers.emplace(std::pair(when, id), std::move(task));
  impl_->timer_times.emplace(id, when);
  impl_->arm_alarm();
  return id;
}

void EventLoop::cancel(TimerId id) {
  const auto found = impl_->timer_times.find(id);
  if (found == impl_->timer_times.end()) return;
  const std::pair key(found->second, id);
  impl_->timer_times.erase(found);
  const auto dropped =
      impl_->timers.extract(key);  // destroyed last: it may call back into the loop
}

void EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> task) {
  asio::signal_set& set = impl_->signal_sets.emplace_back(impl_->context);
  for (const int signal : signals) set.add(signal);
  impl_->wait_for_signal(set, std::move(task));
}

void EventLoop::Impl::run_one() {
  in_handler = true;
  try {
    context.run_one();
  } catch (const std::exception& error) {
    spdlog::error("a task failed and was dropped: {}", error.what());
  }
  in_handler = false;
  handler_now.reset();
}

Time EventLoop::Impl::now() {
  if (!in_handler) return read_clock();
  if (!handler_now) handler_now = read_clock();
  return *handler_now;
}

void EventLoop::Impl::arm_alarm() {
  if (timers.empty()) return;
  const Time first = timers.begin()->first.first;
  if (alarm_at && *alarm_at <= first) return;
  alarm_at = std::min(first, read_clock() + kLongestAlarm);
  alarm.expires_at(kProcessStart + alarm_at->time_since_epoch());
  alarm.async_wait([this](boost::system::error_code error) {
    if (!error) fire_alarm();
  });
}

void EventLoop::Impl::fire_alarm() {
  alarm_at.reset();
  if (timers.empty() || timers.begin()->first.first > now()) return arm_alarm();
  // One timer per handler: each has a `now` of its own, and one that throws takes no other with it.
  auto due = timers.extract(timers.begin());
  timer_times.erase(due.key().second);
  arm_alarm();
  due.mapped()();
}

void EventLoop::Impl::wait_for_signal(asio::signal_set& signals, std::function<void(int)> task) {
  signals.async_wait([this, &signals, task = std::move(task)](boost::system::error_code error,
                                                              int signal) mutable {
    if (error) return;
    auto run = task;
    wait_for_signal(signals, std::move(task));
    run(signal);
  });
}

}  // namespace eva::io
