#include "backend_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "buffers.h"
#include "output_compare.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::inference {
namespace {

constexpr std::uint32_t kRows = 2;
// Above these the references would hold up the load for more than about a second.
constexpr double kMostForPortable = 5e8;
constexpr double kMostForCpuRef = 5e7;

// CpuTiny's integers are those of the portable kernels, bit for bit; floats are summed in another
// order.
constexpr Tolerance kSameArithmetic{.steps = 0, .relative = 1e-3};

// Arm NN's backends requantise by a product of floats instead of TensorFlow Lite's one of integers:
// by definition a step more or less in a layer's output. On the way to the model's output such
// steps mostly average out: measured are 2 at most for chains of up to 31 layers.
Tolerance OtherArithmetic(const ModelFile& file) {
  return {.steps = 1.0 + static_cast<double>(file.operators / 4),
          .relative = file.quantised ? 0.05 : 1e-3};
}

/// Answers to the seeded inputs, to compare with.
struct Reference {
  std::string name;
  std::uint32_t rows = 0;
  Buffers outputs;
};

std::set<std::string> UsedBackends(const Network& network) {
  std::set<std::string> used;
  for (const auto& layer : network.Placement()) used.insert(layer.backend);
  return used;
}

class BackendCheck {
 public:
  BackendCheck(const ModelFile& file, Engine& engine, std::uint32_t threads)
      : file_(file), engine_(engine), threads_(threads) {}

  Outcome<BackendChoice> Choose();

 private:
  Outcome<std::unique_ptr<Network>> Load(const std::vector<std::string>& backends) {
    return engine_.Load(file_.bytes, file_.signature, {backends, threads_});
  }
  void AskPortable();
  void AskCpuRef();
  Outcome<Buffers> Answer(Network& network, std::uint32_t rows);
  /// What is wrong with the answers of `backend`, in one sentence; empty if nothing is.
  Outcome<std::string> Judge(Network& network, const std::string& backend);
  /// `error` and the backends that could not be used.
  Error Refused(Error error) const {
    for (const auto& [backend, reason] : choice_.quarantined) {
      error.message += "; backend " + backend + " answers wrongly, " + reason;
    }
    return error;
  }
  Comparison CompareAll(const Buffers& ours, const Reference& reference,
                        const Tolerance& tolerance) const;

  const ModelFile& file_;
  Engine& engine_;
  const std::uint32_t threads_;
  Buffers inputs_;
  std::vector<Reference> references_;
  std::vector<std::string> notes_;
  BackendChoice choice_;
};

/// One after another, because a backend of Arm NN executes one at a time.
Outcome<Buffers> BackendCheck::Answer(Network& network, std::uint32_t rows) {
  Buffers outputs = Zeros(file_.signature.outputs, rows);
  auto in = ConstPointers(inputs_);
  auto out = Pointers(outputs);
  for (std::uint32_t row = 0; row < rows; ++row) {
    TINYFOG_TRY(network.Run(in, out, 1));
    for (std::size_t i = 0; i < in.size(); ++i) in[i] += file_.signature.inputs[i].ByteSize();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += file_.signature.outputs[i].ByteSize();
  }
  return outputs;
}

void BackendCheck::AskPortable() {
  plan::Options options{.isa = std::nullopt, .optimise = false};
  options.max_macs = static_cast<std::uint64_t>(kMostForPortable);
  auto plan = plan::Plan::FromTflite(file_.bytes, options);
  if (!plan.ok()) {
    notes_.push_back("not compared with the portable kernels: " + plan.error().message);
    return;
  }
  Reference reference{"the portable kernels", kRows, Zeros(file_.signature.outputs, kRows)};
  plan::Runner runner(std::move(*plan));
  runner.Run(ConstPointers(inputs_), Pointers(reference.outputs), kRows);
  references_.push_back(std::move(reference));
}

void BackendCheck::AskCpuRef() {
  const auto& backends = choice_.backends;
  if (std::find(backends.begin(), backends.end(), kCpuRef) == backends.end()) return;
  if (!file_.cpu_ref_gap.empty()) {
    notes_.push_back("CpuRef is no reference, " + file_.cpu_ref_gap);
    return;
  }
  if (file_.multiplications > kMostForCpuRef) {
    notes_.push_back("not compared with CpuRef, which would take too long");
    return;
  }
  auto network = Load({kCpuRef});
  if (!network.ok()) return;
  auto outputs = Answer(**network, 1);
  if (outputs.ok()) references_.push_back({kCpuRef, 1, std::move(*outputs)});
}

Comparison BackendCheck::CompareAll(const Buffers& ours, const Reference& reference,
                                    const Tolerance& tolerance) const {
  Comparison total;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const TensorSpec& spec = file_.signature.outputs[i];
    const std::size_t bytes = spec.ByteSize();
    for (std::uint32_t row = 0; row < reference.rows; ++row) {
      const auto part = [&](const Buffers& all) {
        return std::span(all[i]).subspan(row * bytes, bytes);
      };
      total.Add(Compare(spec, part(ours), part(reference.outputs), tolerance));
    }
  }
  return total;
}

Outcome<std::string> BackendCheck::Judge(Network& network, const std::string& backend) {
  TINYFOG_TRY_ASSIGN(const Buffers ours, Answer(network, kRows));
  const bool only_tiny = UsedBackends(network) == std::set<std::string>{kCpuTiny};
  for (const Reference& reference : references_) {
    const bool same = only_tiny && reference.name != kCpuRef;
    const Comparison comparison =
        CompareAll(ours, reference, same ? kSameArithmetic : OtherArithmetic(file_));
    std::string text = "compared with " + reference.name + ": " + comparison.Text();
    if (comparison.different > 0) return text;
    choice_.checks.push_back(backend + " " + text);
  }
  return std::string();
}

/// The first of `backends` that executes a layer and is not the reference; empty if there is none.
std::string Suspect(const Network& network, const std::vector<std::string>& backends) {
  const std::set<std::string> used = UsedBackends(network);
  for (const auto& backend : backends) {
    if (backend != kCpuRef && used.count(backend) > 0) return backend;
  }
  return "";
}

Outcome<BackendChoice> BackendCheck::Choose() {
  TINYFOG_TRY_ASSIGN(choice_.backends, BackendsFor(file_, engine_));
  for (;;) {
    auto network = Load(choice_.backends);
    if (!network.ok()) return Refused(network.error());
    choice_.network = std::move(*network);
    const std::string suspect = Suspect(*choice_.network, choice_.backends);
    if (suspect.empty()) break;
    if (choice_.quarantined.empty()) {
      inputs_ = SeededInputs(file_.signature.inputs, kRows);
      AskPortable();
      AskCpuRef();
    }
    TINYFOG_TRY_ASSIGN(const std::string fault, Judge(*choice_.network, suspect));
    if (fault.empty()) {
      choice_.checks.insert(choice_.checks.end(), notes_.begin(), notes_.end());
      break;
    }
    choice_.network.reset();
    choice_.checks.clear();
    choice_.quarantined.push_back({suspect, fault});
    std::erase(choice_.backends, suspect);
    if (choice_.backends.empty()) return Refused(FailedPrecondition("no backend is left"));
  }
  return std::move(choice_);
}

}  // namespace

Outcome<std::vector<std::string>> BackendsFor(const ModelFile& file, const Engine& engine) {
  std::vector<std::string> backends = engine.Info().backends;
  if (!file.only_tiny) return backends;
  std::erase_if(backends, [](const std::string& backend) { return backend != kCpuTiny; });
  if (backends.empty()) return *file.only_tiny;
  return backends;
}

Outcome<BackendChoice> ChooseBackends(const ModelFile& file, Engine& engine,
                                      std::uint32_t threads) {
  auto choice = BackendCheck(file, engine, threads).Choose();
  if (choice.ok() || !file.only_tiny) return choice;
  // The file's own fault comes first: that another backend failed too is only half of it.
  return Error{file.only_tiny->code, file.only_tiny->message + "; " + choice.error().message};
}

}  // namespace tinyfog::inference
