#include "server/engine_supervisor.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "io/private_socket.h"

namespace eva::server {
namespace {
constexpr Duration kFirstBackOff = 100ms;
constexpr Duration kMaxBackOff = 5s;
constexpr Duration kLongLife = 30s;
constexpr Duration kAskUntilReady = 100ms;
constexpr Duration kAskWhenReady = 2s;

io::Url socket_url(const std::filesystem::path& socket) {
  io::Url url;
  url.scheme = io::Url::Scheme::kUnix;
  url.socket_path = socket.string();
  return url;  // no base path: /readyz lies at the root
}
}  // namespace

EngineSupervisor::EngineSupervisor(io::EventLoop& loop, EngineChild child, Listener listener)
    : loop_(loop),
      options_(std::move(child)),
      listener_(std::move(listener)),
      client_(loop, socket_url(options_.socket)) {
  start();
}

EngineSupervisor::~EngineSupervisor() {
  loop_.cancel(timer_);
  question_.reset();
  child_.reset();
  io::remove_private_socket(options_.socket.string());
}

void EngineSupervisor::start() {
  io::ChildOptions options;
  options.argv = {options_.program, "engine", "--listen", "unix:" + options_.socket.string()};
  options.argv.insert(options.argv.end(), options_.arguments.begin(), options_.arguments.end());
  options.nice = options_.nice;
  started_ = loop_.now();
  auto child = io::ChildProcess::spawn(loop_, options, [this](std::string how) { died(how); });
  if (!child) {
    died(child.error().detail);
    return;
  }
  child_ = std::move(*child);
  timer_ = loop_.call_at(loop_.now() + kAskUntilReady, [this] { ask(); });
}

void EngineSupervisor::died(std::string how) {
  loop_.cancel(timer_);
  question_.reset();
  set_ready(false);
  status_ = "the speech engine ended: " + how;
  const bool lived_long = loop_.now() - started_ >= kLongLife;
  back_off_ = lived_long ? Duration{} : std::clamp(back_off_ * 2, kFirstBackOff, kMaxBackOff);
  spdlog::warn("the speech engine ended ({}); starting it again in {} ms", how, to_ms(back_off_));
  listener_.on_exit(std::move(how));
  timer_ = loop_.call_at(loop_.now() + back_off_, [this] {
    child_.reset();
    start();
  });
}

void EngineSupervisor::ask() {
  io::HttpRequest request;
  request.method = "GET";
  request.target = "/readyz";
  answer_.clear();
  answer_status_ = 0;
  io::HttpCallbacks callbacks;
  callbacks.on_head = [this](int status, const io::Headers&) { answer_status_ = status; };
  callbacks.on_data = [this](std::string_view data) {
    if (answer_.size() < 4096) answer_ += data;
  };
  callbacks.on_done = [this](Result<> result) {
    if (result) status_ = answer_;
    set_ready(result && answer_status_ == 200);
    timer_ =
        loop_.call_at(loop_.now() + (ready_ ? kAskWhenReady : kAskUntilReady), [this] { ask(); });
  };
  question_ = client_.send(std::move(request), {.connect = 1s, .first_byte = 5s, .between = 1s},
                           std::move(callbacks));
}

void EngineSupervisor::set_ready(bool ready) {
  if (std::exchange(ready_, ready) != ready) listener_.on_ready(ready);
}

}  // namespace eva::server
