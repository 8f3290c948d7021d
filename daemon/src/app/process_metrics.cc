#include "process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tinyfog::app {
namespace {

double EntriesIn(const char* folder) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  double count = 0;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    ++count;
  }
  return count;
}

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

std::uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

ProcessMetrics::ProcessMetrics(metrics::Registry& registry,
                               std::chrono::steady_clock::time_point started)
    : started_(started),
      resident_(registry.GetGauge("tinyfog_process_resident_bytes", "Memory in RAM.")),
      cpu_(
          registry.GetGauge("tinyfog_process_cpu_seconds", "Processor time used since the start.")),
      files_(registry.GetGauge("tinyfog_process_open_files", "Open file descriptors.")),
      threads_(registry.GetGauge("tinyfog_process_threads", "Threads.")),
      uptime_(registry.GetGauge("tinyfog_process_uptime_seconds", "Time since the start.")),
      ready_after_(registry.GetGauge("tinyfog_process_ready_after_seconds",
                                     "Time from the start until the daemon was ready.")),
      reload_failures_(registry.GetCounter("tinyfog_config_reload_failures_total",
                                           "Configuration reloads that were refused.")),
      reload_successful_(registry.GetGauge("tinyfog_config_last_reload_successful",
                                           "1 unless the last reload was refused.")) {
  registry
      .GetGauge("tinyfog_build_info", "Always 1; the version is a label.",
                {{"version", TINYFOG_VERSION}})
      .Set(1);
  reload_successful_.Set(1);
  Update();
}

void ProcessMetrics::Update() {
  resident_.Set(static_cast<double>(ResidentBytes()));
  cpu_.Set(CpuSeconds());
  files_.Set(EntriesIn("/proc/self/fd"));
  threads_.Set(EntriesIn("/proc/self/task"));
  uptime_.Set(std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count());
}

void ProcessMetrics::CountReload(bool ok) {
  if (!ok) reload_failures_.Increment();
  reload_successful_.Set(ok ? 1 : 0);
}

}  // namespace tinyfog::app
