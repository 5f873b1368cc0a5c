#include "server/shard.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <random>
#include <utility>

#include "io/wall_clock.h"

namespace eva::server {
namespace {

std::string random_suffix() {
  static thread_local std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

}  // namespace

void Shard::add(std::unique_ptr<io::WebSocket> socket) {
  const std::uint64_t key = ++last_;
  const std::string suffix = random_suffix();
  Entry& entry = sessions_[key];
  entry.engines = make_engines(loop_, clients_, turn_model_ ? &turn_model_->model() : nullptr,
                               parts_.config, "sess_" + suffix);
  const std::int64_t now_unix = io::unix_seconds();
  if (parts_.recordings) entry.recorder = parts_.recordings->record("sess_" + suffix, now_unix);
  const auto& limits = parts_.config.limits;
  transport::RealtimeParts realtime{
      .session = realtime_session(parts_.config),
      .make_session =
          [this, suffix, recorder = entry.recorder.get()](const session::Settings& settings) {
            auto made = session_parts(parts_.config, parts_.vad, parts_.turn_network != nullptr,
                                      lexicon_, settings, suffix);
            return recorder ? recorder->attach(std::move(made), loop_.now()) : std::move(made);
          },
      .engines = entry.engines->engines(),
      .observer = &parts_.metrics,
      .tap = entry.recorder.get(),
      .limits = {.audio_ahead = limits.audio_ahead,
                 .session = limits.session,
                 .events_per_second = static_cast<double>(limits.events_per_second)},
      .greeting = parts_.config.session.greeting,
      .id_suffix = suffix,
      .now_unix = now_unix};
  parts_.metrics.session_opened();
  entry.connection = std::make_unique<transport::RealtimeConnection>(
      loop_, std::move(socket), std::move(realtime), [this, key] {
        // Later: the connection is still on the stack.
        loop_.post([this, key] {
          const auto closed = sessions_.extract(key);
          if (closed.empty()) return;
          spdlog::info("session {} closed, {} open here", closed.mapped().connection->id(),
                       sessions_.size());
          parts_.metrics.session_closed();
        });
      });
  spdlog::info("session {} opened", entry.connection->id());
}

void Shard::close_all() {
  for (auto& [key, entry] : sessions_) entry.connection->close("the server is shutting down");
}

}  // namespace eva::server
