#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "matcher.h"
#include "motor_model.h"
#include "reading.h"
#include "scenario.h"
#include "tinyfog/demo/random.h"
#include "tinyfog/mqtt/session.h"
#include "tinyfog/v1/node.pb.h"

namespace tinyfog::demo {

struct NodeOptions {
  std::string broker;  ///< "mqtt://host:port"
  std::string site = "default";
  std::string id = "motor-1";
  std::string model = "motor";
  std::string model_file;  ///< for the scales of the model's input and output
  Scenario scenario = Scenario::kHealthy;
  std::uint64_t seed = 1;
  double rate = 10;                          ///< windows per second
  std::uint64_t count = 0;                   ///< windows to send; 0: until stopped
  std::chrono::milliseconds patience{5000};  ///< for an answer; also the request's expiry
};

/// A sensor node on a motor, as far as the gateway can tell: it says on `up/state` that it is there
/// (its will says when it is gone), sends quantised windows of vibration to `up/infer/<model>` and
/// takes the answers from `down/infer/<model>`. At most 64 requests wait for an answer; while they
/// do, and while there is no broker, no window is sent.
class Node {
 public:
  using Sink = std::function<void(const Reading&)>;

  /// `sink` is called on the thread that calls Run, once for each request and once for each answer
  /// that matches none. Errors: kInvalidArgument (broker URI).
  static Outcome<std::unique_ptr<Node>> Create(NodeOptions options, MotorModel model, Sink sink);
  ~Node();

  /// Sends and receives until `count` requests are settled, or `stopping` returns true and the
  /// requests under way are settled. `stopping` is asked about ten times a second and more.
  void Run(const std::function<bool()>& stopping);

 private:
  using Time = Matcher::Time;
  struct Arrival {
    mqtt::Message message;
    Time at;
  };

  Node(NodeOptions options, MotorModel model, Sink sink);
  std::string Topic(const std::string& below) const;
  mqtt::Message StateMessage(v1::NodeState::Kind kind) const;
  void OnMessage(mqtt::Message message);
  std::deque<Arrival> WaitForArrivals(Time until);
  void SendWindow();
  void Settle(const Arrival& arrival);
  void GiveUpOnLost(Time now);

  const NodeOptions options_;
  const MotorModel model_;
  const Sink sink_;
  const std::uint32_t session_number_;
  Random random_;
  Matcher matcher_;
  std::uint64_t sent_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Arrival> inbox_;  // guarded by mutex_
  std::unique_ptr<mqtt::Session> session_;
};

}  // namespace tinyfog::demo
