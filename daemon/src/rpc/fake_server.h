#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyfog/inference/server.h"

namespace tinyfog::rpc {

/// An inference server for tests of the API alone: model "echo" (INT8, [1,4], batches of up to 8,
/// version 3) answers its input; while `hold` is set, requests wait for Release.
class FakeServer final : public inference::Server {
 public:
  explicit FakeServer(std::filesystem::path repository = std::filesystem::temp_directory_path())
      : repository_(std::move(repository)) {}
  ~FakeServer() override { Release(); }

  void Submit(inference::Request request) override {
    std::unique_lock lock(mutex_);
    last_client_ = request.client;
    last_priority_ = request.priority;
    last_deadline_ = request.deadline;
    if (hold_ && request.model == "echo") {
      held_.push_back(std::move(request));
      changed_.notify_all();
      return;
    }
    lock.unlock();
    Answer(std::move(request));
  }

  void Hold() {
    const std::lock_guard lock(mutex_);
    hold_ = true;
  }
  /// Waits until `count` requests are held.
  void AwaitHeld(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  bool cancelled(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return held_[index].cancel && held_[index].cancel->load();
  }
  /// Answers the held requests, the last one first, and holds no more.
  void Release() {
    std::vector<inference::Request> requests;
    {
      const std::lock_guard lock(mutex_);
      hold_ = false;
      requests.swap(held_);
    }
    for (auto it = requests.rbegin(); it != requests.rend(); ++it) Answer(std::move(*it));
  }

  Outcome<void> Load(const std::string& model) override {
    const std::lock_guard lock(mutex_);
    loads_.push_back(model);
    if (load_error_) return *load_error_;
    return {};
  }
  Outcome<void> Unload(const std::string& model) override {
    if (model != "echo") return NotFound("no model '" + model + "'");
    return {};
  }
  Outcome<void> Check(std::vector<std::uint8_t> file) override {
    if (!file.empty() && file[0] == 'X') return InvalidArgument("no TensorFlow Lite model");
    return {};
  }
  bool Ready() const override { return true; }
  bool ModelReady(const std::string& model, std::int64_t version) const override {
    return model == "echo" && (version == 0 || version == 3);
  }
  std::vector<inference::IndexEntry> Index() const override {
    return {{"echo", 3, inference::ModelState::kReady, ""},
            {"broken", 1, inference::ModelState::kUnavailable, "not a model"}};
  }
  Outcome<inference::ModelDescription> Describe(const std::string& model,
                                                std::int64_t version) const override {
    if (!ModelReady(model, version)) return NotFound("no model '" + model + "'");
    inference::ModelDescription d;
    d.model = model;
    d.versions = {3};
    d.version = 3;
    d.inputs = {{"in", inference::DataType::kInt8, {1, 4}, inference::Quantization{0.5f, -3}}};
    d.outputs = {{"out", inference::DataType::kInt8, {1, 4}, std::nullopt}};
    d.options.max_batch = 8;
    d.options.labels = {"a", "b", "c"};
    d.placement = {{"fc", "CpuRef", "fully_connected_int8", 0.5}};
    d.execution = "Arm NN";
    d.checks = {"one", "two"};
    d.quarantined = {{"CpuTiny", "wrong"}};
    d.file_bytes = 77;
    return d;
  }
  Outcome<std::vector<inference::ModelStatistics>> Statistics(const std::string& model,
                                                              std::int64_t) const override {
    if (!model.empty() && model != "echo") return NotFound("no model '" + model + "'");
    inference::ModelStatistics s;
    s.model = "echo";
    s.version = 3;
    s.inference_count = 12;
    s.execution_count = 5;
    s.success = {5, std::chrono::nanoseconds(500)};
    s.batches = {{2, {}, {5, std::chrono::nanoseconds(300)}, {}}};
    return std::vector{s};
  }
  std::optional<inference::SteadyTime> OldestRunning() const override { return std::nullopt; }
  inference::EngineInfo engine() const override { return {}; }
  const std::filesystem::path& repository() const override { return repository_; }
  std::uint64_t max_model_bytes() const override { return 4u << 20; }
  std::size_t Drain(std::chrono::milliseconds) override { return 0; }

  void FailLoads(Error error) {
    const std::lock_guard lock(mutex_);
    load_error_ = std::move(error);
  }
  std::vector<std::string> loads() {
    const std::lock_guard lock(mutex_);
    return loads_;
  }
  std::string last_client() {
    const std::lock_guard lock(mutex_);
    return last_client_;
  }
  std::uint32_t last_priority() {
    const std::lock_guard lock(mutex_);
    return last_priority_;
  }
  std::optional<inference::SteadyTime> last_deadline() {
    const std::lock_guard lock(mutex_);
    return last_deadline_;
  }

 private:
  /// Codes by model name, so that every status can be seen on the wire.
  static Outcome<std::vector<inference::Tensor>> Outputs(inference::Request& request) {
    static const std::map<std::string, Status> kErrors = {
        {"full", Status::kResourceExhausted}, {"expired", Status::kDeadlineExceeded},
        {"loading", Status::kUnavailable},    {"crash", Status::kInternal},
        {"wrong", Status::kInvalidArgument},
    };
    const auto error = kErrors.find(request.model);
    if (error != kErrors.end()) return Error{error->second, "because it is " + request.model};
    if (request.model != "echo") return NotFound("no model '" + request.model + "'");
    if (request.cancel && request.cancel->load()) return Error{Status::kCancelled, "cancelled"};
    if (request.inputs.empty()) return InvalidArgument("no inputs");
    inference::Tensor out = std::move(request.inputs[0]);
    out.name = "out";
    return std::vector{std::move(out)};
  }

  static void Answer(inference::Request request) {
    inference::Response response{Outputs(request), request.model, 3, {}};
    request.done(std::move(response));
  }

  const std::filesystem::path repository_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool hold_ = false;
  std::vector<inference::Request> held_;
  std::optional<Error> load_error_;
  std::vector<std::string> loads_;
  std::string last_client_;
  std::uint32_t last_priority_ = 0;
  std::optional<inference::SteadyTime> last_deadline_;
};

}  // namespace tinyfog::rpc
