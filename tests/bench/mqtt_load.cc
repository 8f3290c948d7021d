// Keeps N requests outstanding over MQTT 5 for a while and prints rate and latency as JSON: the
// load of the benchmark `mqtt`, the same for the gateway and for the plain echo client beside it.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "report.h"
#include "tinyfog/mqtt/session.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string broker;
  std::string topic;
  std::size_t bytes = 384;
  std::uint32_t outstanding = 1;
  int qos = 0;
  double warmup = 0.3;
  double seconds = 2;
};

class Load {
 public:
  explicit Load(Options options)
      : options_(std::move(options)),
        reply_("bench/reply/" + std::to_string(getpid())),
        started_(options_.outstanding) {}

  int Run() {
    tinyfog::mqtt::SessionOptions session;
    session.uri = options_.broker;
    session.client_id = "bench-load-" + std::to_string(getpid());
    session.version = tinyfog::mqtt::Version::k5;
    session.publish_window = options_.outstanding;
    auto created = tinyfog::mqtt::Session::Create(
        session, {{reply_, options_.qos}},
        {.on_message = [this](tinyfog::mqtt::Message m) { OnAnswer(m); },
         .on_connected = [this](tinyfog::mqtt::Version) { OnConnected(); },
         .on_disconnected =
             [](const std::string& reason) {
               std::fprintf(stderr, "disconnected: %s\n", reason.c_str());
             }});
    if (!created.ok()) {
      std::fprintf(stderr, "%s\n", created.error().message.c_str());
      return 1;
    }
    session_ = std::move(created).value();
    session_->Start();
    if (!WaitConnected()) return 1;
    for (std::uint32_t slot = 0; slot < options_.outstanding; ++slot) Send(slot);
    Sleep(options_.warmup);
    measuring_ = true;
    const auto begin = Clock::now();
    Sleep(options_.seconds);
    measuring_ = false;
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    stopping_ = true;
    session_->Stop(std::chrono::seconds(1));
    tinyfog::bench::PrintLoad(static_cast<double>(latencies_.size()), elapsed, latencies_, failed_);
    return latencies_.empty() ? 1 : 0;
  }

 private:
  static void Sleep(double seconds) { usleep(static_cast<useconds_t>(seconds * 1e6)); }

  void OnConnected() {
    const std::lock_guard lock(mutex_);
    connected_ = true;
    changed_.notify_all();
  }

  bool WaitConnected() {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::seconds(10), [this] { return connected_; }))
      return true;
    std::fprintf(stderr, "no connection to %s within 10 s\n", options_.broker.c_str());
    return false;
  }

  void Send(std::uint32_t slot) {
    tinyfog::mqtt::Message message;
    message.topic = options_.topic;
    message.payload.assign(options_.bytes, '\x01');
    message.qos = options_.qos;
    message.response_topic = reply_;
    message.correlation_data.assign(reinterpret_cast<const char*>(&slot), sizeof(slot));
    started_[slot] = Clock::now();
    if (!session_->Publish(std::move(message)).ok() && !stopping_) ++failed_;
  }

  // On the library's thread, like every Send after the first ones; `started_` of a slot is written
  // before its request goes out and read when its answer is back.
  void OnAnswer(const tinyfog::mqtt::Message& message) {
    std::uint32_t slot = 0;
    if (message.correlation_data.size() != sizeof(slot)) return;
    std::memcpy(&slot, message.correlation_data.data(), sizeof(slot));
    if (slot >= options_.outstanding) return;
    if (measuring_) {
      latencies_.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - started_[slot]).count());
      for (const auto& [key, value] : message.user_properties) {
        if (key == "status" && value != "0" && value != "OK") ++failed_;
      }
    }
    if (!stopping_) Send(slot);
  }

  const Options options_;
  const std::string reply_;
  std::vector<Clock::time_point> started_;
  std::vector<double> latencies_;
  std::atomic<unsigned long> failed_{0};
  std::atomic<bool> measuring_{false};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false;
  std::unique_ptr<tinyfog::mqtt::Session> session_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("MQTT request load; prints one line of JSON");
  app.add_option("--broker", options.broker, "mqtt://host:port")->required();
  app.add_option("--topic", options.topic, "where requests go")->required();
  app.add_option("--bytes", options.bytes, "payload");
  app.add_option("--outstanding", options.outstanding, "requests at once")
      ->check(CLI::Range(1, 10000));
  app.add_option("--qos", options.qos)->check(CLI::Range(0, 1));
  app.add_option("--warmup", options.warmup, "seconds not counted");
  app.add_option("--seconds", options.seconds, "seconds counted");
  CLI11_PARSE(app, argc, argv);
  return Load(std::move(options)).Run();
}
