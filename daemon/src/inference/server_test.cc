#include "tinyfog/inference/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>

#include "serving.h"
#include "test_models.h"

namespace tinyfog::inference {
namespace {

using ::testing::HasSubstr;
using testing::SumAndDifferenceFile;
using testing::TemporaryRepository;

std::vector<std::uint8_t> Floats(std::vector<float> values) {
  std::vector<std::uint8_t> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// An engine whose networks answer zeros when the test opens the gate.
class GatedEngine final : public Engine {
 public:
  Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>&, const Signature&,
                                         const LoadOptions&) override {
    class Gated final : public Network {
     public:
      explicit Gated(GatedEngine& engine) : engine_(engine) {}
      Outcome<void> Run(std::span<const std::uint8_t* const>, std::span<std::uint8_t* const>,
                        std::uint32_t) override {
        engine_.Pass();
        return {};
      }
      GatedEngine& engine_;
    };
    return std::unique_ptr<Network>(std::make_unique<Gated>(*this));
  }
  EngineInfo Info() const override { return {"gated", {"gated"}}; }

  void Close() { Set(false); }
  void Open() { Set(true); }
  /// Waits until a network stands before the closed gate.
  void AwaitBusy() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

 private:
  void Set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --waiting_;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int waiting_ = 0;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : metrics_(metrics::Registry::Create()), events_(events::EventBus::Create()) {
    repository_.Add("pair", 1, SumAndDifferenceFile());
  }

  ServerOptions Options(EngineKind engine = EngineKind::kStub) {
    ServerOptions options;
    options.repository = repository_.path();
    options.engine = engine;
    return options;
  }
  std::unique_ptr<Server> Start(ServerOptions options) {
    auto server = Server::Create(std::move(options), *metrics_, *events_);
    if (!server.ok()) ADD_FAILURE() << server.error().message;
    return server.ok() ? std::move(*server) : nullptr;
  }
  std::unique_ptr<Server> StartGated() {
    auto server = CreateServer(Options(), engine_, *metrics_, *events_);
    return server.ok() ? std::move(*server) : nullptr;
  }
  static Request Pair(float a = 1, float b = 2) {
    Request request;
    request.model = "pair";
    request.inputs = {{"b", DataType::kFp32, {1, 4}, Floats({b, b, b, b})},
                      {"a", DataType::kFp32, {1, 4}, Floats({a, a, a, a})}};
    return request;
  }
  static std::future<Response> Send(Server& server, Request request) {
    auto promise = std::make_shared<std::promise<Response>>();  // shared: std::function copies
    auto future = promise->get_future();
    request.done = [promise](Response response) { promise->set_value(std::move(response)); };
    server.Submit(std::move(request));
    return future;
  }
  static Status CodeOf(std::future<Response> future) {
    const auto response = future.get();
    return response.outputs.ok() ? Status::kOk : response.outputs.error().code;
  }

  TemporaryRepository repository_;
  std::unique_ptr<metrics::Registry> metrics_;
  std::unique_ptr<events::EventBus> events_;
  std::shared_ptr<GatedEngine> engine_ = std::make_shared<GatedEngine>();  // shared: CreateServer
};

TEST_F(ServerTest, SeveralInputsAndOutputsInAnyOrder) {
  auto server = Start(Options(EngineKind::kArmnn));
  ASSERT_TRUE(server);
  auto request = Pair();
  request.outputs = {"difference", "sum"};
  const auto response = Send(*server, std::move(request)).get();
  ASSERT_TRUE(response.outputs.ok()) << response.outputs.error().message;
  ASSERT_EQ(response.outputs->size(), 2u);
  EXPECT_EQ((*response.outputs)[0].bytes, Floats({-1, -1, -1, -1}));
  EXPECT_EQ((*response.outputs)[1].bytes, Floats({3, 3, 3, 3}));
  EXPECT_EQ(response.version, 1);
  EXPECT_EQ(response.timings.batch, 1u);
  const auto description = server->Describe("pair", 0);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description->options.max_batch, 8u);
  EXPECT_FALSE(description->placement.empty());
}

TEST_F(ServerTest, RowsOfOneRequestAreABatch) {
  auto server = Start(Options(EngineKind::kArmnn));
  Request request;
  request.model = "pair";
  request.inputs = {{"a", DataType::kFp32, {3, 4}, Floats(std::vector<float>(12, 5))},
                    {"b", DataType::kFp32, {3, 4}, Floats(std::vector<float>(12, 1))}};
  const auto response = Send(*server, std::move(request)).get();
  ASSERT_TRUE(response.outputs.ok()) << response.outputs.error().message;
  EXPECT_EQ((*response.outputs)[0].bytes, Floats(std::vector<float>(12, 6)));
  EXPECT_EQ((*response.outputs)[0].shape, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(response.timings.batch, 3u);
}

TEST_F(ServerTest, RefusalsSayWhatIsWrong) {
  auto server = Start(Options());
  const auto message = [&](Request request, Status code) {
    const auto response = Send(*server, std::move(request)).get();
    if (response.outputs.ok()) return std::string("accepted");
    EXPECT_EQ(response.outputs.error().code, code);
    return response.outputs.error().message;
  };
  auto unknown = Pair();
  unknown.model = "other";
  EXPECT_THAT(message(std::move(unknown), Status::kNotFound), HasSubstr("'other'"));
  auto version = Pair();
  version.version = 9;
  EXPECT_THAT(message(std::move(version), Status::kNotFound), HasSubstr("version 9"));
  auto size = Pair();
  size.inputs[0].bytes.pop_back();
  EXPECT_THAT(message(std::move(size), Status::kInvalidArgument),
              HasSubstr("input 'b' has 15 bytes, expected 16"));
  auto late = Pair();
  late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  message(std::move(late), Status::kDeadlineExceeded);
  auto cancelled = Pair();
  cancelled.cancel = std::make_shared<std::atomic<bool>>(true);  // shared by contract
  message(std::move(cancelled), Status::kCancelled);
  EXPECT_THAT(metrics_->Expose(), HasSubstr("(unknown)"));
  EXPECT_THAT(metrics_->Expose(), ::testing::Not(HasSubstr("other")));
}

TEST_F(ServerTest, AFullQueueRefusesAndExpiredRequestsMakeRoom) {
  repository_.Configure("pair", "queue_capacity = 2\nwarmup = 0\nmax_batch = 1\n");
  auto server = StartGated();
  engine_->Close();
  auto running = Send(*server, Pair());
  engine_->AwaitBusy();
  auto first = Send(*server, Pair());
  auto cancelled = Pair();
  cancelled.cancel = std::make_shared<std::atomic<bool>>(false);  // shared by contract
  const auto cancel = cancelled.cancel;
  auto second = Send(*server, std::move(cancelled));
  EXPECT_EQ(CodeOf(Send(*server, Pair())), Status::kResourceExhausted);
  cancel->store(true);
  // Answered although the worker is busy.
  EXPECT_EQ(CodeOf(std::move(second)), Status::kCancelled);
  auto third = Send(*server, Pair());
  engine_->Open();
  EXPECT_EQ(CodeOf(std::move(running)), Status::kOk);
  EXPECT_EQ(CodeOf(std::move(first)), Status::kOk);
  EXPECT_EQ(CodeOf(std::move(third)), Status::kOk);
}

TEST_F(ServerTest, ADeadlineIsAnsweredWhileTheWorkerIsBusy) {
  repository_.Configure("pair", "warmup = 0\ndefault_timeout_ms = 20\n");
  auto server = StartGated();
  engine_->Close();
  auto patient = Pair();
  const auto patient_until = std::chrono::steady_clock::now() + std::chrono::hours(1);
  patient.deadline = patient_until;
  auto running = Send(*server, std::move(patient));
  engine_->AwaitBusy();
  EXPECT_EQ(CodeOf(Send(*server, Pair())), Status::kDeadlineExceeded);
  auto waiting = Pair();
  waiting.deadline = patient_until;
  auto queued = Send(*server, std::move(waiting));
  EXPECT_EQ(server->Statistics("pair", 1).value()[0].queue_depth, 1u);
  engine_->Open();
  EXPECT_EQ(CodeOf(std::move(running)), Status::kOk);
  EXPECT_EQ(CodeOf(std::move(queued)), Status::kOk);
  EXPECT_EQ(server->Statistics("pair", 1).value()[0].queue_depth, 0u);
  const auto statistics = server->Statistics("pair", 1);
  ASSERT_TRUE(statistics.ok());
  EXPECT_EQ((*statistics)[0].fail.count, 1u);
}

TEST_F(ServerTest, ABatchThatDoesNotEndIsSeen) {
  repository_.Configure("pair", "warmup = 0\n");
  auto server = StartGated();
  EXPECT_FALSE(server->OldestRunning().has_value());
  engine_->Close();
  const auto before = std::chrono::steady_clock::now();
  auto stuck = Send(*server, Pair());
  engine_->AwaitBusy();
  const auto since = server->OldestRunning();
  ASSERT_TRUE(since.has_value());
  EXPECT_GE(*since, before);
  EXPECT_LE(*since, std::chrono::steady_clock::now());
  engine_->Open();
  EXPECT_EQ(CodeOf(std::move(stuck)), Status::kOk);
  while (server->OldestRunning().has_value()) std::this_thread::yield();
}

TEST_F(ServerTest, AFailedReloadKeepsTheOldVersionServing) {
  auto server = Start(Options());
  repository_.Add("pair", 2, {1, 2, 3});
  const auto loaded = server->Load("pair");
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message, HasSubstr("pair version 2"));
  EXPECT_EQ(Send(*server, Pair()).get().version, 1);
  const auto index = server->Index();
  ASSERT_EQ(index.size(), 2u);
  EXPECT_EQ(index[0].state, ModelState::kReady);
  EXPECT_EQ(index[1].state, ModelState::kUnavailable);
  EXPECT_FALSE(index[1].reason.empty());
  EXPECT_THAT(metrics_->Expose(),
              HasSubstr("tinyfog_inference_model_load_failures_total{model=\"pair\"} 1"));
  repository_.Add("pair", 2, SumAndDifferenceFile());
  ASSERT_TRUE(server->Load("pair").ok());
  EXPECT_EQ(Send(*server, Pair()).get().version, 2);
  EXPECT_FALSE(server->ModelReady("pair", 1));
}

TEST_F(ServerTest, UnloadAndUnknownModels) {
  auto server = Start(Options());
  EXPECT_TRUE(server->Ready());
  ASSERT_TRUE(server->Unload("pair").ok());
  EXPECT_EQ(CodeOf(Send(*server, Pair())), Status::kUnavailable);
  EXPECT_FALSE(server->Describe("pair", 0).ok());
  EXPECT_EQ(server->Unload("other").error().code, Status::kNotFound);
  EXPECT_EQ(server->Load("../pair").error().code, Status::kNotFound);
  ASSERT_TRUE(server->Load("pair").ok());
  EXPECT_EQ(CodeOf(Send(*server, Pair())), Status::kOk);
}

TEST_F(ServerTest, NoRequestIsLostWhileModelsComeAndGo) {
  auto server = Start(Options());
  constexpr int kThreads = 3, kRequests = 2000;
  std::atomic<int> answered{0}, wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRequests; ++i) {
        auto request = Pair();
        if (i % 3 == 0) {
          request.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        }
        request.done = [&](Response response) {
          const auto code = response.outputs.ok() ? Status::kOk : response.outputs.error().code;
          // The queue's limit is part of the deal, a model without a version that serves is not.
          if (code != Status::kOk && code != Status::kResourceExhausted) ++wrong;
          ++answered;
          answered.notify_all();
        };
        server->Submit(std::move(request));
      }
    });
  }
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(server->Load("pair").ok());
  for (auto& thread : threads) thread.join();
  for (int seen = answered; seen != kThreads * kRequests; seen = answered) answered.wait(seen);
  EXPECT_EQ(wrong, 0);
}

TEST_F(ServerTest, DrainAnswersWhatIsLeftAsUnavailable) {
  repository_.Configure("pair", "warmup = 0\nmax_batch = 1\n");
  auto server = StartGated();
  engine_->Close();
  auto running = Send(*server, Pair());
  engine_->AwaitBusy();
  auto waiting = Send(*server, Pair());
  EXPECT_EQ(server->Drain(std::chrono::milliseconds(1)), 1u);
  EXPECT_EQ(CodeOf(std::move(waiting)), Status::kUnavailable);
  EXPECT_EQ(CodeOf(Send(*server, Pair())), Status::kUnavailable);
  EXPECT_FALSE(server->Ready());
  engine_->Open();
  EXPECT_EQ(CodeOf(std::move(running)), Status::kOk);
  EXPECT_EQ(server->Drain(std::chrono::minutes(1)), 0u);
}

TEST_F(ServerTest, WaitingRequestsBecomeOneBatchByPriority) {
  repository_.Configure("pair", "warmup = 0\nmax_batch = 2\n");
  auto server = StartGated();
  engine_->Close();
  auto running = Send(*server, Pair());
  engine_->AwaitBusy();
  std::vector<int> order;
  std::vector<std::shared_ptr<std::promise<std::uint32_t>>>
      batches;  // shared: std::function copies
  for (int i = 0; i < 3; ++i) {
    auto request = Pair();
    request.priority = i == 2 ? 1 : 2;
    auto batch = std::make_shared<std::promise<std::uint32_t>>();
    batches.push_back(batch);
    request.done = [&order, i, batch](Response response) {
      order.push_back(i);
      batch->set_value(response.timings.batch);
    };
    server->Submit(std::move(request));
  }
  engine_->Open();
  EXPECT_EQ(batches[0]->get_future().get(), 2u);
  EXPECT_EQ(batches[1]->get_future().get(), 1u);
  EXPECT_EQ(batches[2]->get_future().get(), 2u);
  EXPECT_EQ(order, (std::vector<int>{2, 0, 1}));
}

TEST_F(ServerTest, EventsTellTheLargestClass) {
  auto server = Start(Options(EngineKind::kArmnn));
  auto subscription = events_->Subscribe();
  Send(*server, Pair()).get();
  const auto event = subscription->Next(std::chrono::minutes(1));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind(), v1::Event::KIND_INFERENCE);
  EXPECT_EQ(event->inference().model(), "pair");
  EXPECT_FALSE(event->inference().has_top_index());  // two outputs
}

TEST_F(ServerTest, CheckRefusesWhatIsNoModel) {
  auto server = Start(Options(EngineKind::kArmnn));
  EXPECT_TRUE(server->Check(SumAndDifferenceFile()).ok());
  auto truncated = SumAndDifferenceFile();
  truncated.resize(truncated.size() / 2);
  EXPECT_EQ(server->Check(truncated).error().code, Status::kInvalidArgument);
  EXPECT_FALSE(server->Check({}).ok());
}

TEST_F(ServerTest, ARepositoryMustExist) {
  auto options = Options();
  options.repository /= "missing";
  const auto server = Server::Create(options, *metrics_, *events_);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().code, Status::kNotFound);
}

}  // namespace
}  // namespace tinyfog::inference
