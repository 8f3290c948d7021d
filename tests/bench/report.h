#pragma once

#include <algorithm>
#include <cstdio>
#include <vector>

namespace tinyfog::bench {

/// The p-quantile (0..1) of `samples`, which it sorts. 0 when there are none.
inline double Quantile(std::vector<double>& samples, double p) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  const auto index = static_cast<std::size_t>(p * static_cast<double>(samples.size() - 1) + 0.5);
  return samples[index];
}

/// One line of JSON on stdout: answers per second, and latency quantiles in microseconds.
inline void PrintLoad(double answers, double seconds, std::vector<double>& latencies_us,
                      unsigned long failed) {
  std::printf("{\"rate\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"failed\": %lu}\n",
              answers / seconds, Quantile(latencies_us, 0.5), Quantile(latencies_us, 0.99), failed);
}

}  // namespace tinyfog::bench
