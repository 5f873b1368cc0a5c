#include "server/engine_supervisor.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "config/keys.h"
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

std::vector<std::string> engine_arguments(const config::Config& config) {
  std::vector<std::string> arguments{"--config", "/dev/null", "--warnings-told"};
  for (const config::Key& key : config::keys()) {
    if (key.section != "engine" && key.section != "models" && key.section != "log") continue;
    if (config::full_name(key) == "engine.listen") continue;  // the private socket
    arguments.push_back(config::flag_name(key));
    arguments.push_back(config::to_text(key, config::get(config, key)));
  }
  return arguments;
}

std::string why_failed(std::string_view readiness) {
  const auto answer = nlohmann::json::parse(readiness, nullptr, false);
  if (!answer.is_object() || answer.value("status", nlohmann::json()) != "failed") return {};
  std::string why;
  const auto missing = answer.find("missing");
  if (missing != answer.end() && missing->is_object()) {
    for (const auto& [part, reason] : missing->items()) {
      if (!reason.is_string() || reason.empty() || reason == "loading") continue;
      if (!why.empty()) why += "; ";
      why += fmt::format("{}: {}", part, reason.get<std::string>());
    }
  }
  return why.empty() ? "the speech engine does not say why" : why;
}

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
  options.argv = {options_.program, "engine"};
  options.argv.insert(options.argv.end(), options_.arguments.begin(), options_.arguments.end());
  options.argv.insert(options.argv.end(), {"--listen", "unix:" + options_.socket.string()});
  options.nice = options_.nice;
  started_ = loop_.now();
  auto child =
      io::ChildProcess::spawn(loop_, options, [this](const std::string& how) { died(how); });
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
  const bool was_ready = ready_;
  set_ready(false);
  const bool lived_long = loop_.now() - started_ >= kLongLife;
  back_off_ = lived_long ? Duration{} : std::clamp(back_off_ * 2, kFirstBackOff, kMaxBackOff);
  spdlog::warn("the speech engine ended ({}); starting it again in {} ms", how, to_ms(back_off_));
  if (!was_ready) {
    set_failed(fmt::format(
        "it ends before it is ready ({}); its own last line in the log says what is wrong", how));
  }
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
    if (result && answer_status_ != 200) on_answer();
    set_ready(result && answer_status_ == 200);
    const bool is_settled = ready_ || !why_failed_.empty();
    timer_ = loop_.call_at(loop_.now() + (is_settled ? kAskWhenReady : kAskUntilReady),
                           [this] { ask(); });
  };
  question_ = client_.send(std::move(request), {.connect = 1s, .first_byte = 5s, .between = 1s},
                           std::move(callbacks));
}

void EngineSupervisor::on_answer() {
  if (std::string why = why_failed(answer_); !why.empty()) {
    set_failed(why + "; then start Eva again");
  }
}

void EngineSupervisor::set_failed(std::string why) {
  if (why == why_failed_) return;
  why_failed_ = std::move(why);
  spdlog::error("the speech engine cannot work: {}", why_failed_);
  if (listener_.on_failed) listener_.on_failed(why_failed_);
}

void EngineSupervisor::set_ready(bool ready) {
  if (ready) why_failed_.clear();
  if (std::exchange(ready_, ready) != ready) listener_.on_ready(ready);
}

}  // namespace eva::server
