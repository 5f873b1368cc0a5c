#include "sim/world.h"

#include <algorithm>

namespace eva::sim {

TimerId World::call_at(Time when, Task task) {
  const TimerId id = ++last_id_;
  when = std::max(when, now_);
  tasks_.emplace(std::pair{when, id}, std::move(task));
  times_.emplace(id, when);
  return id;
}

void World::cancel(TimerId id) {
  const auto time = times_.find(id);
  if (time == times_.end()) return;
  tasks_.erase({time->second, id});
  times_.erase(time);
}

bool World::run_next(Time limit) {
  if (tasks_.empty() || tasks_.begin()->first.first > limit) return false;
  auto node = tasks_.extract(tasks_.begin());
  now_ = node.key().first;
  times_.erase(node.key().second);
  node.mapped()();
  return true;
}

void World::run_until(Time until) {
  while (run_next(until)) {
  }
  now_ = std::max(now_, until);
}

bool World::run_all(Time limit) {
  while (run_next(limit)) {
  }
  return tasks_.empty();
}

}  // namespace eva::sim
