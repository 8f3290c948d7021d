#include "tinyfog/inference/probe.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "backend_check.h"
#include "guarded_heap.h"
#include "instance.h"
#include "model_file.h"
#include "tinyfog/host/file.h"
#include "tinyfog/log/log.h"

namespace tinyfog::inference {
namespace {

constexpr rlim_t kMemoryBytes = rlim_t{4} << 30;
constexpr rlim_t kProcessorSeconds = 60;
// Batches above two run the same code again: tried as long as that is cheap.
constexpr std::chrono::milliseconds kBatchBudget{300};

void Lower(__rlimit_resource resource, rlim_t limit) {
  rlimit current{};
  if (getrlimit(resource, &current) == 0 && current.rlim_max < limit) limit = current.rlim_max;
  const rlimit lower{limit, limit};
  // Where a sandbox forbids it, the parent's time-out is left.
  static_cast<void>(setrlimit(resource, &lower));
}

Outcome<std::vector<std::uint8_t>> ReadModel(const std::string& path) {
  return ReadFile(path == "-" ? "/proc/self/fd/0" : path);
}

Outcome<void> TryBatches(Instance& instance, std::uint32_t max_batch) {
  const auto start = std::chrono::steady_clock::now();
  std::string reason;
  if (instance.ProveBatching(max_batch, reason) < 2) return {};
  for (std::uint32_t rows = 4; rows <= max_batch; rows *= 2) {
    if (std::chrono::steady_clock::now() - start > kBatchBudget) break;
    TINYFOG_TRY(instance.Warm(rows));
  }
  return {};
}

Outcome<void> Probe(const std::string& path, std::uint32_t max_batch,
                    const std::vector<std::string>& backends) {
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadModel(path));
  TINYFOG_TRY_ASSIGN(const auto engine, CreateEngine(backends));
  TINYFOG_TRY_ASSIGN(const auto file, OpenModel(bytes));
  GuardHeap();
  TINYFOG_TRY_ASSIGN(auto choice, ChooseBackends(file, *engine));
  TINYFOG_TRY_ASSIGN(const auto instance,
                     Instance::Create(file, *engine, {choice.backends}, std::move(choice.network)));
  TINYFOG_TRY(instance->Warm());
  TINYFOG_TRY(instance->RunSeeded(false));
  return TryBatches(*instance, max_batch);
}

int Complain(int code, const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return code;
}

}  // namespace

int ProbeMain(int argc, char* const* argv) {
  constexpr int kUsage = 2;
  if (argc < 4) return Complain(kUsage, "usage: --probe-model FILE MAX_BATCH [BACKEND...]");
  const long max_batch = std::strtol(argv[3], nullptr, 10);
  if (max_batch < 1 || max_batch > 64) return Complain(kUsage, "MAX_BATCH must be 1 to 64");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Lower(RLIMIT_CORE, 0);
  if (CanGuardHeap()) Lower(RLIMIT_DATA, kMemoryBytes);
  Lower(RLIMIT_CPU, kProcessorSeconds);
  static_cast<void>(log::SetLevel("error"));
  std::vector<std::string> backends(argv + 4, argv + argc);
  if (backends.empty()) backends = {"CpuRef"};
  const auto outcome = Probe(argv[2], static_cast<std::uint32_t>(max_batch), backends);
  // Destructors of static objects would only cost time.
  std::_Exit(outcome.ok() ? 0
                          : Complain(kProbeRefused + static_cast<int>(outcome.error().code),
                                     outcome.error().message));
}

}  // namespace tinyfog::inference
