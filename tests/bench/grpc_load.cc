// Keeps N ModelInfer calls outstanding for a while and prints rate and latency as JSON: the load of
// the benchmark `grpc`, the same for the gateway and for the plain echo server beside it.

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "inference/grpc_service.grpc.pb.h"
#include "report.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string server;
  std::string model = "motor";
  std::string input;
  std::string datatype = "INT8";
  std::vector<std::int64_t> shape;
  std::size_t bytes = 384;
  int outstanding = 1;
  double warmup = 0.3;
  double seconds = 2;
};

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options),
        stub_(inference::GRPCInferenceService::NewStub(
            grpc::CreateChannel(options.server, grpc::InsecureChannelCredentials()))) {
    request_.set_model_name(options.model);
    auto* input = request_.add_inputs();
    input->set_name(options.input);
    input->set_datatype(options.datatype);
    for (const auto dimension : options.shape) input->add_shape(dimension);
    request_.add_raw_input_contents()->assign(options.bytes, '\x01');
  }

  int Run() {
    for (int i = 0; i < options_.outstanding; ++i) {
      {
        const std::lock_guard lock(mutex_);
        ++active_;
      }
      Send();
    }
    Sleep(options_.warmup);
    measuring_ = true;
    const auto begin = Clock::now();
    Sleep(options_.seconds);
    measuring_ = false;
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    stopping_ = true;
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return active_ == 0; });
    if (failed_ > 0) std::fprintf(stderr, "%s\n", last_error_.c_str());
    tinyfog::bench::PrintLoad(static_cast<double>(latencies_.size()), elapsed, latencies_, failed_);
    return latencies_.empty() ? 1 : 0;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    Clock::time_point started;
  };

  static void Sleep(double seconds) { usleep(static_cast<useconds_t>(seconds * 1e6)); }

  void Send() {
    auto call = std::make_shared<Call>();
    call->started = Clock::now();
    stub_->async()->ModelInfer(&call->context, &request_, &call->response,
                               [this, call](grpc::Status status) { OnAnswer(*call, status); });
  }

  void OnAnswer(const Call& call, const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (!status.ok()) {
        ++failed_;
        last_error_ = status.error_message();
      } else if (measuring_) {
        latencies_.push_back(
            std::chrono::duration<double, std::micro>(Clock::now() - call.started).count());
      }
      if (stopping_ || failed_ > 1000) {
        if (--active_ == 0) idle_.notify_all();
        return;
      }
    }
    Send();
  }

  const Options options_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
  inference::ModelInferRequest request_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int active_ = 0;
  unsigned long failed_ = 0;
  std::string last_error_;
  std::vector<double> latencies_;
  std::atomic<bool> measuring_{false};
  std::atomic<bool> stopping_{false};
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("ModelInfer load; prints one line of JSON");
  app.add_option("--server", options.server, "host:port or unix:PATH")->required();
  app.add_option("--model", options.model);
  app.add_option("--input", options.input, "the input tensor's name")->required();
  app.add_option("--datatype", options.datatype);
  app.add_option("--shape", options.shape, "of the input, batch included")->required();
  app.add_option("--bytes", options.bytes, "of the input");
  app.add_option("--outstanding", options.outstanding, "calls at once")
      ->check(CLI::Range(1, 10000));
  app.add_option("--warmup", options.warmup, "seconds not counted");
  app.add_option("--seconds", options.seconds, "seconds counted");
  CLI11_PARSE(app, argc, argv);
  return Load(options).Run();
}
