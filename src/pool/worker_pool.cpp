#include "pool/worker_pool.h"

#include <fmt/format.h>

#include <array>
#include <condition_variable>
#include <exception>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/check.h"

namespace eva::pool {
namespace {
constexpr auto kTranscription = static_cast<std::size_t>(Priority::kTranscription);
}  // namespace

struct WorkerPool::Core {
  struct State;
  using StatePtr = std::shared_ptr<State>;  // owners: the queue or worker, the ticket, home's tasks

  /// One job. `alive`, `timer`, `started` and `done` belong to the home thread; `work` to whoever
  /// runs it; `alive` implies that the pool lives.
  struct State : JobContext, std::enable_shared_from_this<State> {
    State(Core& core_in, Job job_in) : core(core_in), job(std::move(job_in)) {}
    CancelToken& cancel() override { return token; }
    void post(Task task) override {
      core.home.post([self = shared_from_this(), task = std::move(task)]() mutable {
        if (self->alive) task();
      });
    }
    Core& core;
    Job job;
    CancelToken token;
    bool alive = true;
    std::optional<TimerId> timer;
  };

  class JobTicket final : public Ticket {
   public:
    explicit JobTicket(StatePtr state) : state_(std::move(state)) {}
    ~JobTicket() override {
      if (state_->alive) state_->core.forget(state_);
    }

   private:
    StatePtr state_;
  };

  Core(Executor& home_in, std::size_t limit_in) : home(home_in), limit(limit_in) {}

  /// Home thread. Takes the job out of the queue or stops it; nothing calls back from here on.
  void forget(StatePtr state) {  // by value: the set below may hold the last owner
    state->alive = false;
    if (state->timer) home.cancel(*state->timer);
    live.erase(state);
    {
      std::lock_guard lock(mutex);
      waiting -= queues[static_cast<std::size_t>(state->job.priority)].remove(state);
    }
    state->token.cancel();
  }

  void finish(const StatePtr& state, Result<> result) {
    if (!state->alive) return;
    forget(state);
    state->job.done(std::move(result));
  }

  StatePtr take(bool only_transcriptions) {
    std::unique_lock lock(mutex);
    const std::size_t classes = only_transcriptions ? kTranscription + 1 : kPriorities;
    for (;;) {
      if (stopping) return nullptr;
      for (std::size_t i = 0; i < classes; ++i) {
        if (queues[i].empty()) continue;
        StatePtr state = std::move(queues[i].front());
        queues[i].pop_front();
        --waiting;
        ++running;
        return state;
      }
      ready.wait(lock);
    }
  }

  void work(bool only_transcriptions) {
    while (StatePtr state = take(only_transcriptions)) {
      if (state->job.started) state->post([self = state.get()] { self->job.started(); });
      Result<> result = run(*state);
      {
        std::lock_guard lock(mutex);
        --running;
      }
      home.post([this, state = std::move(state), result = std::move(result)]() mutable {
        if (state->alive) finish(state, std::move(result));
      });
    }
  }

  /// Frees what the work holds (a request's audio) before returning.
  static Result<> run(State& state) {
    auto work = std::move(state.job.work);
    try {
      return work(state);
    } catch (const std::exception& e) {
      return fail(ErrorCode::kInternal, fmt::format("a job failed unexpectedly: {}", e.what()));
    } catch (...) {
      return fail(ErrorCode::kInternal, "a job failed unexpectedly");
    }
  }

  Executor& home;
  const std::size_t limit;
  std::unordered_set<StatePtr> live;  // home thread: posted and not yet finished or forgotten

  mutable std::mutex mutex;
  std::condition_variable ready;
  std::array<std::list<StatePtr>, kPriorities> queues;
  std::size_t waiting = 0;
  std::size_t running = 0;
  bool stopping = false;

  std::vector<std::thread> threads;
};

WorkerPool::WorkerPool(Executor& home, const PoolOptions& options)
    : core_(std::make_unique<Core>(home, options.queue_limit)) {
  EVA_CHECK(options.workers >= 1 && options.transcription_workers >= 0);
  for (int i = 0; i < options.workers; ++i) {
    core_->threads.emplace_back([core = core_.get()] { core->work(false); });
  }
  for (int i = 0; i < options.transcription_workers; ++i) {
    core_->threads.emplace_back([core = core_.get()] { core->work(true); });
  }
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(core_->mutex);
    core_->stopping = true;
  }
  core_->ready.notify_all();
  while (!core_->live.empty()) core_->forget(*core_->live.begin());
  for (std::thread& thread : core_->threads) thread.join();
}

Result<std::unique_ptr<Ticket>> WorkerPool::try_post(Job job) {
  EVA_CHECK(job.work && job.done);
  const auto state = std::make_shared<Core::State>(*core_, std::move(job));
  {
    std::lock_guard lock(core_->mutex);
    if (core_->waiting == core_->limit) {
      return fail(ErrorCode::kOverloaded,
                  fmt::format("{} jobs wait already; try again soon", core_->limit));
    }
    core_->queues[static_cast<std::size_t>(state->job.priority)].push_back(state);
    ++core_->waiting;
  }
  core_->ready.notify_all();  // two kinds of workers wait: one call could wake the wrong kind
  core_->live.insert(state);
  if (state->job.deadline) {
    state->timer = core_->home.call_at(*state->job.deadline, [core = core_.get(), state] {
      state->timer.reset();
      core->finish(state, fail(ErrorCode::kTimeout, "the job's deadline passed"));
    });
  }
  return std::make_unique<Core::JobTicket>(state);
}

std::size_t WorkerPool::waiting() const {
  std::lock_guard lock(core_->mutex);
  return core_->waiting;
}

std::size_t WorkerPool::running() const {
  std::lock_guard lock(core_->mutex);
  return core_->running;
}

}  // namespace eva::pool
