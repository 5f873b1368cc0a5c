#pragma once
// Threads for work that takes longer than a loop may wait: bounded, prioritised, cancellable.
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "base/cancel.h"
#include "base/error.h"
#include "base/executor.h"
#include "base/time.h"

namespace eva::pool {

/// A waiting job of a higher class always starts before one of a lower class; within a class they
/// start in the order of their posting.
enum class Priority { kTranscription, kSpeech, kPartial, kOther };
inline constexpr std::size_t kPriorities = 4;

/// What the work sees of its job, on the worker's thread.
class JobContext {
 public:
  virtual ~JobContext() = default;
  /// Fires when the ticket is destroyed, the deadline passes or the pool shuts down.
  virtual CancelToken& cancel() = 0;
  /// Runs `task` on the home executor, in order, before `done`; silently dropped once the ticket
  /// is destroyed.
  virtual void post(Task task) = 0;
};

struct Job {
  Priority priority = Priority::kOther;
  std::optional<Time> deadline;  // of the whole job, waiting included; on the home executor's clock
  std::move_only_function<Result<>(JobContext&)> work;  // on a worker; may block
  std::move_only_function<void()> started;  // may be empty; on the home executor, before all else
  /// On the home executor, exactly once, last, unless the ticket is destroyed first. Errors are
  /// those of `work`, and kTimeout: the deadline passed (at once, though the work may still run:
  /// what it makes is handed over with post() only); kInternal: the work threw.
  std::move_only_function<void(Result<>)> done;
};

/// A job under way, as its requester sees it. Destroying it cancels the job: one that still waits
/// leaves the queue at once, one that runs has its token fired and its worker is free when the work
/// returns; neither calls back any more. Destroying it inside the job's own callbacks is allowed.
/// Lives on the home executor's thread; may outlive the pool.
class Ticket {
 public:
  virtual ~Ticket() = default;
};

struct PoolOptions {
  int workers = 1;                // threads that take every class
  int transcription_workers = 0;  // further threads that take transcriptions only
  std::size_t queue_limit = 32;   // jobs that may wait, all classes together
};

/// Everything here is called on the home executor's thread. Workers sleep until there is work.
class WorkerPool {
 public:
  /// `home` outlives the pool; its post() is called from the workers.
  WorkerPool(Executor& home, const PoolOptions& options);
  /// Cancels all jobs, waits for those that run to notice, joins the threads. No callback follows.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Never blocks, never calls back inside. kOverloaded: queue_limit jobs wait already.
  [[nodiscard]] Result<std::unique_ptr<Ticket>> try_post(Job job);

  std::size_t waiting() const;
  std::size_t running() const;

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace eva::pool
