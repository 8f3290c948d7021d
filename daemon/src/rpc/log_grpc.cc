#include "log_grpc.h"

#include <grpc/support/log.h>

#include <chrono>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>

#include "tinyfog/log/log.h"

namespace tinyfog::rpc {
namespace {

constexpr int kPerMinute = 10;

/// Lets a few lines through per minute and counts the others.
class Sieve {
 public:
  /// False: keep it back. Otherwise `suppressed` is how many were since the last one.
  bool Pass(int& suppressed) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (passed_ == 0 || now - since_ > std::chrono::minutes(1)) {
      since_ = now;
      passed_ = 0;
    }
    if (passed_ == kPerMinute) {
      ++suppressed_;
      return false;
    }
    ++passed_;
    suppressed = std::exchange(suppressed_, 0);
    return true;
  }

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point since_;
  int passed_ = 0;
  int suppressed_ = 0;
};

void Log(gpr_log_func_args* line) {
  static Sieve sieve;
  const char* slash = std::strrchr(line->file, '/');
  const std::string place =
      std::string(slash != nullptr ? slash + 1 : line->file) + ":" + std::to_string(line->line);
  if (line->severity != GPR_LOG_SEVERITY_ERROR) {
    log::Debug("gRPC", {{"text", line->message}, {"at", place}});
    return;
  }
  int suppressed = 0;
  if (!sieve.Pass(suppressed)) return;
  log::Warning("gRPC", {{"text", line->message}, {"at", place}, {"suppressed", suppressed}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(Log); }

}  // namespace tinyfog::rpc
