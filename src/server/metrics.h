#pragma once
// The server's numbers for Prometheus.
#include <memory>
#include <string>

#include "session/session_host.h"

namespace eva::server {

/// One per process; thread-safe. As a NoticeSink it is told by every session what happens.
class Metrics final : public session::NoticeSink {
 public:
  Metrics();
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void on_notice(const session::Notice& notice, Time now) override;
  void on_failed(std::string_view what) override;
  void session_opened();
  void session_closed();
  void engine_restarted();
  void engine_ready(bool ready);

  /// Prometheus text format.
  std::string render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace eva::server
