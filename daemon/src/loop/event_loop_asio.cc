#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>

#include "tinyfog/loop/event_loop.h"

namespace tinyfog::loop {
namespace {

namespace asio = boost::asio;

/// A timer's state outlives its registration while a completed wait is still queued, so handlers
/// hold it weakly and do nothing once the registration is gone.
struct Timer : std::enable_shared_from_this<Timer> {
  Timer(asio::io_context& context, std::chrono::milliseconds p, bool r, std::function<void()> f)
      : timer(context), period(p), repeat(r), fn(std::move(f)) {}

  void Arm(std::chrono::steady_clock::time_point when) {
    timer.expires_at(when);
    timer.async_wait([weak = weak_from_this(), when](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (error || !self) return;
      // Counting from the due time keeps the rate; counting from now, when late, keeps missed ticks
      // from piling up.
      if (self->repeat) self->Arm(std::max(when + self->period, std::chrono::steady_clock::now()));
      self->fn();
    });
  }

  asio::steady_timer timer;
  std::chrono::milliseconds period;
  bool repeat;
  std::function<void()> fn;
};

struct TimerRegistration final : Registration {
  explicit TimerRegistration(std::shared_ptr<Timer> t) : timer(std::move(t)) {}
  ~TimerRegistration() override { timer->timer.cancel(); }
  std::shared_ptr<Timer> timer;
};

struct Signals : std::enable_shared_from_this<Signals> {
  Signals(asio::io_context& context, std::function<void(int)> f) : set(context), fn(std::move(f)) {}

  void Arm() {
    set.async_wait([weak = weak_from_this()](const boost::system::error_code& error, int signal) {
      const auto self = weak.lock();
      if (error || !self) return;
      self->Arm();
      self->fn(signal);
    });
  }

  asio::signal_set set;
  std::function<void(int)> fn;
};

struct SignalRegistration final : Registration {
  explicit SignalRegistration(std::shared_ptr<Signals> s) : signals(std::move(s)) {}
  ~SignalRegistration() override { signals->set.cancel(); }
  std::shared_ptr<Signals> signals;
};

class AsioLoop final : public EventLoop {
 public:
  void Post(std::function<void()> fn) override { asio::post(context_, std::move(fn)); }

  std::unique_ptr<Registration> After(std::chrono::milliseconds delay,
                                      std::function<void()> fn) override {
    return StartTimer(delay, false, std::move(fn));
  }

  std::unique_ptr<Registration> Every(std::chrono::milliseconds period,
                                      std::function<void()> fn) override {
    return StartTimer(period, true, std::move(fn));
  }

  std::unique_ptr<Registration> OnSignal(std::initializer_list<int> signals,
                                         std::function<void(int)> fn) override {
    auto state = std::make_shared<Signals>(context_, std::move(fn));
    for (const int signal : signals) state->set.add(signal);
    state->Arm();
    return std::make_unique<SignalRegistration>(std::move(state));
  }

  void Run() override {
    thread_.store(std::this_thread::get_id());
    const auto work = asio::make_work_guard(context_);
    context_.run();
    context_.restart();
  }

  void Stop() override { context_.stop(); }

  bool OnLoopThread() const override {
    const auto thread = thread_.load();
    return thread == std::thread::id() || thread == std::this_thread::get_id();
  }

 private:
  std::unique_ptr<Registration> StartTimer(std::chrono::milliseconds delay, bool repeat,
                                           std::function<void()> fn) {
    auto timer = std::make_shared<Timer>(context_, delay, repeat, std::move(fn));
    timer->Arm(std::chrono::steady_clock::now() + delay);
    return std::make_unique<TimerRegistration>(std::move(timer));
  }

  asio::io_context context_{1};
  std::atomic<std::thread::id> thread_{};
};

}  // namespace

std::unique_ptr<EventLoop> EventLoop::Create() { return std::make_unique<AsioLoop>(); }

}  // namespace tinyfog::loop
