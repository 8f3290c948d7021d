#include "team.h"

namespace tinyfog::plan {
namespace {

// About as long as sleeping and waking take.
constexpr int kLooks = 4000;

std::uint64_t Offer(std::uint64_t serial, std::uint64_t parts) {
  return serial << 32 | parts << 16;
}
std::uint64_t PartsOf(std::uint64_t offer) { return offer >> 16 & 0xFFFF; }
std::uint64_t NextOf(std::uint64_t offer) { return offer & 0xFFFF; }
bool IsEnd(std::uint64_t offer) { return offer == 0; }

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

Team::Team(unsigned helpers) {
  for (unsigned i = 0; i < helpers; ++i) helpers_.emplace_back([this] { Help(); });
}

Team::~Team() {
  offer_.store(0, std::memory_order_release);
  offer_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::Run(std::span<const Step> parts, nn::Memory memory) {
  parts_ = parts;
  memory_ = memory;
  unfinished_.store(static_cast<std::uint32_t>(parts.size()), std::memory_order_relaxed);
  if (++serial_ == 0) serial_ = 1;
  offer_.store(Offer(serial_, parts.size()), std::memory_order_release);
  offer_.notify_all();
  Work();
  // What helpers have begun takes as long as a part; on a machine with other work they may have
  // been interrupted.
  for (int looks = 0; unfinished_.load(std::memory_order_acquire) != 0; ++looks) {
    looks < kLooks ? Pause() : std::this_thread::yield();
  }
}

void Team::Work() {
  std::uint64_t offer = offer_.load(std::memory_order_acquire);
  while (NextOf(offer) < PartsOf(offer)) {
    if (!offer_.compare_exchange_weak(offer, offer + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      continue;
    }
    // The run goes on until this part has ended.
    const Step& part = parts_[NextOf(offer)];
    part.run(part.params, memory_);
    unfinished_.fetch_sub(1, std::memory_order_acq_rel);
    offer = offer_.load(std::memory_order_acquire);
  }
}

void Team::Help() {
  for (int looks = 0;;) {
    const std::uint64_t offer = offer_.load(std::memory_order_acquire);
    if (IsEnd(offer)) return;
    if (NextOf(offer) < PartsOf(offer)) {
      Work();
      looks = 0;
    } else if (++looks < kLooks) {
      Pause();
    } else {
      offer_.wait(offer, std::memory_order_acquire);
      looks = 0;
    }
  }
}

}  // namespace tinyfog::plan
