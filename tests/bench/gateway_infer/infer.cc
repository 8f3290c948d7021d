#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <numeric>
#include <thread>
#include <vector>

#include "peak.h"
#include "served.h"
#include "tinyfog/cpuref/cpuref.h"
#include "tinyfog/host/file.h"
#include "tinyfog/plan/plan.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

// Measures a model: for each line of standard input, a number of seconds, prints the shortest time
// of an inference in microseconds; with --threads the time by the rate of all, and that without
// waiting for a core; with --overhead the shortest times of the steps alone and of the gateway with
// a request.
namespace tinyfog::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Infer = std::function<void()>;

double Microseconds(Clock::duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}

[[noreturn]] void Fail(const std::string& message) {
  std::cerr << message << "\n";
  std::exit(1);
}

template <class T>
T Get(Outcome<T> outcome) {
  if (!outcome.ok()) Fail(outcome.error().message);
  return std::move(*outcome);
}

// Windows are long enough for the clock.
double Shortest(const Infer& infer, double seconds) {
  constexpr double kWindow = 200;
  double best = 1e30;
  int count = 1;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i) infer();
    const double spent = Microseconds(Clock::now() - start);
    best = std::min(best, spent / count);
    if (spent < kWindow) count *= 2;
  }
  return best;
}

// Of the calling thread: without what it waits for a core.
double ProcessorMicroseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Time by the rate of all, and if each thread had had a core all the time.
struct Rated {
  double wall, processor;
};

Rated ByRate(const std::vector<Infer>& workers, double seconds) {
  std::vector<double> rates(workers.size()), processor_rates(workers.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto start = Clock::now();
      const double processor_start = ProcessorMicroseconds();
      const auto end = start + std::chrono::duration<double>(seconds);
      double runs = 0;
      while (Clock::now() < end) {
        for (int k = 0; k < 16; ++k) workers[i]();
        runs += 16;
      }
      rates[i] = runs / Microseconds(Clock::now() - start);
      processor_rates[i] = runs / (ProcessorMicroseconds() - processor_start);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto time = [](const std::vector<double>& all) {
    return 1 / std::accumulate(all.begin(), all.end(), 0.0);
  };
  return {time(rates), time(processor_rates)};
}

// A runner with buffers of its own.
class Planned {
 public:
  explicit Planned(const std::shared_ptr<const plan::Plan>& plan) : runner_(plan) {
    for (const plan::Port& port : plan->inputs()) {
      buffers_.emplace_back().reserve(port.bytes + kBehind);
      buffers_.back().resize(port.bytes);
      in_.push_back(buffers_.back().data());
    }
    for (const plan::Port& port : plan->outputs()) {
      out_.push_back(buffers_.emplace_back(port.bytes).data());
    }
  }
  void Run() { runner_.Run(in_, out_, 1, kBehind); }

 private:
  static constexpr std::size_t kBehind = 16;  // as requests have
  plan::Runner runner_;
  std::vector<std::vector<std::uint8_t>> buffers_;  // a move leaves the bytes where they are
  std::vector<const std::uint8_t*> in_;
  std::vector<std::uint8_t*> out_;
};

Infer OnlySteps(const std::shared_ptr<const plan::Plan>& plan) {
  return [runner = std::make_shared<plan::Runner>(plan), count = plan->steps().size()] {
    runner->RunSteps(0, count);
  };
}

Infer OnPlan(const std::shared_ptr<const plan::Plan>& plan) {
  return [planned = std::make_shared<Planned>(plan)] { planned->Run(); };
}

Infer OnCpuRef(const std::vector<std::uint8_t>& file) {
  auto model = Get(tflite::Parse(file));
  std::vector<std::uint8_t> bytes = file;
  if (tflite::DequantizeConstants(*model) > 0) bytes = tflite::Serialize(*model);
  std::shared_ptr<CpuRef> reference = Get(CpuRef::Load(bytes));
  auto values = std::make_shared<std::vector<std::vector<std::uint8_t>>>();
  for (const CpuRef::Port& port : reference->inputs()) values->emplace_back(port.bytes);
  return [=] {
    const auto outputs = reference->Run({values->begin(), values->end()});
    if (!outputs.ok()) Fail(outputs.error().message);
  };
}

std::vector<Infer> Make(const std::string& path, const std::string& engine, int threads) {
  const std::vector<std::uint8_t> file = Get(ReadFile(path));
  if (engine == "cpuref") {
    const Infer infer = OnCpuRef(file);
    infer();
    std::cout << "{}" << std::endl;
    return {infer};
  }
  plan::Options options;
  if (!engine.empty()) options.isa = nn::X86IsaNamed(engine);
  const auto plan = Get(plan::Plan::FromTflite(file, options));
  std::uint64_t macs = 0;
  for (const compile::StepReport& step : plan->steps()) macs += step.macs;
  std::cout << "{\"kernels\": \"" << plan->kernels() << "\", \"macs\": " << macs
            << ", \"is_float\": " << (plan->outputs()[0].type == nn::Type::kFloat32) << "}"
            << std::endl;
  std::vector<Infer> workers;
  for (int i = 0; i < threads; ++i) workers.push_back(OnPlan(plan));
  return workers;
}

void MeasureOverhead(const std::string& path) {
  const std::vector<std::uint8_t> file = Get(ReadFile(path));
  const Infer steps = OnlySteps(Get(plan::Plan::FromTflite(file)));
  const Infer served = Get(ServedInference(file));
  std::cout << "{}" << std::endl;
  for (double seconds = 0; std::cin >> seconds;) {
    std::cout << Shortest(steps, seconds / 2) << " " << Shortest(served, seconds / 2) << std::endl;
  }
}

void PrintPeaks() {
  const char* separator = "{";
  for (const nn::X86Isa isa : nn::AllX86Isas()) {
    const Peak peak = MeasurePeak(isa);
    if (peak.int8 == 0) continue;
    std::cout << separator << "\"" << nn::NameOf(isa) << "\": {\"int8\": " << peak.int8
              << ", \"float\": " << peak.real << "}";
    separator = ", ";
  }
  std::cout << (*separator == '{' ? "{}" : "}") << std::endl;
}

int Main(int argc, char** argv) {
  CLI::App app("Measures inferences of one model.");
  std::string model, engine;
  int threads = 0;
  bool peak = false, overhead = false;
  app.add_option("model", model, ".tflite file");
  app.add_option("--engine", engine, "cpuref, or the kernels of CpuTiny (default: the best)");
  app.add_option("--threads", threads, "inferences at once, measured by their rate")
      ->check(CLI::Range(1, 64));
  app.add_flag("--peak", peak, "print this core's products per second in registers, as JSON");
  app.add_flag("--overhead", overhead, "measure the steps alone and a request as the gateway does");
  CLI11_PARSE(app, argc, argv);
  if (peak) {
    PrintPeaks();
    return 0;
  }
  if (overhead) {
    MeasureOverhead(model);
    return 0;
  }
  const std::vector<Infer> workers = Make(model, engine, std::max(threads, 1));
  for (const Infer& infer : workers) infer();
  for (double seconds = 0; std::cin >> seconds;) {
    if (threads == 0) {
      std::cout << Shortest(workers[0], seconds) << std::endl;
      continue;
    }
    const Rated time = ByRate(workers, seconds);
    std::cout << time.wall << " " << time.processor << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace tinyfog::bench

int main(int argc, char** argv) { return tinyfog::bench::Main(argc, argv); }
