#include "recorder/audio_inbox.h"

#include <algorithm>
#include <utility>

namespace eva::recorder {

AudioInbox::AudioInbox(std::size_t capacity_samples, std::function<void()> wake)
    : capacity_(capacity_samples), wake_(std::move(wake)) {}

std::size_t AudioInbox::push(std::span<const std::int16_t> pcm, Duration patience) {
  std::size_t done = 0;
  while (done < pcm.size()) {
    std::unique_lock lock(mutex_);
    const bool room =
        room_.wait_for(lock, patience, [this] { return closed_ || samples_.size() < capacity_; });
    if (!room || closed_) return done;
    const auto part = pcm.subspan(done, std::min(pcm.size() - done, capacity_ - samples_.size()));
    samples_.insert(samples_.end(), part.begin(), part.end());
    done += part.size();
    wake_if_needed(lock);
  }
  return done;
}

std::size_t AudioInbox::push_dropping(std::span<const std::int16_t> pcm) {
  std::unique_lock lock(mutex_);
  if (closed_) return 0;
  samples_.insert(samples_.end(), pcm.begin(), pcm.end());
  const std::size_t lost = samples_.size() > capacity_ ? samples_.size() - capacity_ : 0;
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(lost));
  wake_if_needed(lock);
  return lost;
}

void AudioInbox::wake_if_needed(std::unique_lock<std::mutex>& lock) {
  const bool told = std::exchange(awake_, true);
  lock.unlock();
  if (!told) wake_();
}

std::vector<std::int16_t> AudioInbox::take(std::size_t most) {
  std::lock_guard lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, samples_.size()));
  std::vector<std::int16_t> pcm(samples_.begin(), samples_.begin() + count);
  samples_.erase(samples_.begin(), samples_.begin() + count);
  if (pcm.empty()) awake_ = false;
  room_.notify_all();
  return pcm;
}

void AudioInbox::clear() {
  std::lock_guard lock(mutex_);
  samples_.clear();
  room_.notify_all();
}

void AudioInbox::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  room_.notify_all();
}

bool AudioInbox::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

std::size_t AudioInbox::size() const {
  std::lock_guard lock(mutex_);
  return samples_.size();
}

}  // namespace eva::recorder
