#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <future>
#include <iostream>
#include <thread>

#include "test_models.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::inference {
namespace {

double ResidentMegabytes() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

constexpr bool IsSanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

class Reload : public ::testing::Test {
 protected:
  Reload() : metrics_(metrics::Registry::Create()), events_(events::EventBus::Create()) {
    repository_.Add("pair", 1, testing::SumAndDifferenceFile());
    repository_.Add("motor", 1, Motor());
  }
  static std::vector<std::uint8_t> Motor() {
    return testing::ReadAll(std::string(TINYFOG_SOURCE_DIR) +
                            "/fleet/demo/models/motor/1/model.tflite");
  }
  void Start() {
    ServerOptions options;
    options.repository = repository_.path();
    options.backends = {"CpuTiny", "CpuRef"};
    auto server = Server::Create(options, *metrics_, *events_);
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(*server);
  }
  /// The first output's bytes; empty on failure.
  std::vector<std::uint8_t> Ask(std::uint8_t value) {
    auto promise = std::make_shared<std::promise<Response>>();  // shared: std::function copies
    auto future = promise->get_future();
    Request request;
    request.model = "motor";
    const auto description = server_->Describe("motor", 0);
    if (!description.ok()) return {};
    const TensorSpec& spec = description->inputs[0];
    request.inputs = {
        {spec.name, spec.type, spec.shape, std::vector<std::uint8_t>(spec.ByteSize(), value)}};
    request.done = [promise](Response response) { promise->set_value(std::move(response)); };
    server_->Submit(std::move(request));
    const Response response = future.get();
    if (!response.outputs.ok()) return {};
    return (*response.outputs)[0].bytes;
  }
  /// Loads, uses, reloads and unloads each model.
  void Cycle() {
    ASSERT_TRUE(server_->Load("pair").ok());
    ASSERT_TRUE(server_->Load("motor").ok());
    ASSERT_FALSE(Ask(3).empty());
    ASSERT_TRUE(server_->Load("motor").ok());
    ASSERT_TRUE(server_->Unload("pair").ok());
    ASSERT_TRUE(server_->Unload("motor").ok());
  }

  testing::TemporaryRepository repository_;
  std::unique_ptr<metrics::Registry> metrics_;
  std::unique_ptr<events::EventBus> events_;
  std::unique_ptr<Server> server_;
};

TEST_F(Reload, AThousandTimesWithoutGrowth) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const int cycles = IsSanitized() ? 30 : 1000;
  const int first = cycles / 5;
  double before = 0;
  for (int i = 0; i < cycles; ++i) {
    ASSERT_NO_FATAL_FAILURE(Cycle());
    if (i == first) before = ResidentMegabytes();
  }
  const double after = ResidentMegabytes();
  std::cout << before << " MB after " << first << " cycles, " << after << " MB after " << cycles
            << "\n";
  if (IsSanitized()) return;  // they keep what is freed
  EXPECT_LT(after - before, 1.0);
}

TEST_F(Reload, FourThreadsAskOneModelThatIsReloaded) {
  repository_.Configure("motor", "instances = 4\n");
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto expected = Ask(9);
  ASSERT_FALSE(expected.empty());
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) wrong += Ask(9) != expected;
    });
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(server_->Load("motor").ok());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// What is asked of a small model makes no difference, and is told.
TEST_F(Reload, ThreadsOfAnInferenceAreConfigured) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(server_->Load("motor").ok());
  const auto expected = Ask(9);
  EXPECT_EQ(server_->Describe("motor", 0)->execution.find("threads"), std::string::npos);
  repository_.Configure("motor", "threads = 2\n");
  ASSERT_TRUE(server_->Load("motor").ok());
  EXPECT_EQ(Ask(9), expected);
  const std::string execution = server_->Describe("motor", 0)->execution;
  EXPECT_NE(execution.find("2 threads in 0 of"), std::string::npos) << execution;
  EXPECT_NE(execution.find("none is large enough"), std::string::npos) << execution;
  repository_.Configure("motor", "threads = 17\n");
  const auto refused = server_->Load("motor");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("threads must be an integer from 1 to 16"),
            std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace tinyfog::inference
