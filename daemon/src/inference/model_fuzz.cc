#include <cstdio>
#include <cstdlib>
#include <random>
#include <span>

#include "buffers.h"
#include "instance.h"
#include "model_file.h"
#include "model_probe.h"
#include "tinyfog/host/file.h"
#include "tinyfog/plan/plan.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

using namespace tinyfog::inference;
namespace tflite = tinyfog::tflite;

namespace {

Engine& ArmNn() {
  static const std::shared_ptr<Engine> engine = [] {
    auto armnn = CreateArmnnEngine({"CpuRef"});
    if (!armnn.ok()) std::abort();
    return *armnn;
  }();
  return *engine;
}

/// Whether the probe program TINYFOG_FUZZ_PROBE, where that is set, lives through the model. What
/// it dies of is printed and kept as unsafe-<n>.tflite in the working folder: it is what our own
/// checks miss.
bool Survives(const std::vector<std::uint8_t>& bytes) {
  const char* program = std::getenv("TINYFOG_FUZZ_PROBE");
  if (program == nullptr) return true;
  static ModelProbe probe(program, {"CpuRef"}, std::chrono::seconds(10));
  const auto outcome = probe.Check(bytes, 2);
  if (outcome.ok()) return true;
  if (outcome.error().message.find("safely") == std::string::npos) return false;
  static int found = 0;
  const auto name = "unsafe-" + std::to_string(++found) + ".tflite";
  std::fprintf(stderr, "%s: %s\n", name.c_str(), outcome.error().message.c_str());
  if (!tinyfog::WriteFileAtomically(name, bytes).ok()) std::abort();
  return false;
}

/// Compiles and executes what only CpuTiny may have.
void UsePlan(const ModelFile& file) {
  const auto plan = tinyfog::plan::Plan::FromTflite(
      file.bytes, {.max_tensor_bytes = 1 << 20, .max_arena_bytes = 1 << 20, .max_macs = 1'000'000});
  if (!plan.ok()) return;
  const Buffers inputs = SeededInputs(file.signature.inputs, 1);
  Buffers outputs = Zeros(file.signature.outputs, 1);
  tinyfog::plan::Runner(*plan).Run(ConstPointers(inputs), Pointers(outputs));
}

/// Parses, checks, dequantises and batches the file. With TINYFOG_FUZZ_ENGINE in the environment,
/// Arm NN executes what passes and survives a probe: that finds what our checks and the probe miss.
/// Models that need much time are left out there: they would only slow the search down.
void Use(std::span<const std::uint8_t> bytes) {
  const auto file = OpenModel(bytes);
  if (!file.ok()) return;
  if (file->only_tiny) return UsePlan(*file);
  if (file->may_batch) {
    const auto batched = BatchedModel(*file, 3);
    if (batched.ok() && !OpenModel(*batched).ok()) std::abort();
  }
  static const bool execute = std::getenv("TINYFOG_FUZZ_ENGINE") != nullptr;
  if (!execute || file->multiplications > 1e6 || !Survives(file->bytes)) return;
  auto instance = Instance::Create(*file, ArmNn(), {.backends = {"CpuRef"}});
  if (!instance.ok()) return;
  std::string reason;
  (*instance)->ProveBatching(2, reason);
  static_cast<void>((*instance)->Warm().ok());
}

/// Changes that leave a well-formed file with a wrong meaning, which changed bytes seldom do.
class Mutation {
 public:
  Mutation(tflite::ModelT& model, std::uint32_t seed) : model_(model), random_(seed) {}

  void Apply() {
    auto& graph = *model_.subgraphs[0];
    if (graph.tensors.empty() || graph.operators.empty()) return;
    auto& tensor = *graph.tensors[Below(graph.tensors.size())];
    auto& op = *graph.operators[Below(graph.operators.size())];
    switch (Below(9)) {
      case 0:
        if (!tensor.shape.empty()) tensor.shape[Below(tensor.shape.size())] = Small();
        break;
      case 1:
        if (Below(2) != 0) {
          tensor.shape.push_back(Small());
        } else if (!tensor.shape.empty()) {
          tensor.shape.pop_back();
        }
        break;
      case 2:
        tensor.type = static_cast<tflite::TensorType>(Below(14));
        break;
      case 3:
        if (!op.inputs.empty()) op.inputs[Below(op.inputs.size())] = Index(graph.tensors.size());
        break;
      case 4:
        if (Below(2) != 0) {
          op.inputs.push_back(Index(graph.tensors.size()));
        } else if (!op.inputs.empty()) {
          op.inputs.pop_back();
        }
        break;
      case 5:
        Constant(tensor);
        break;
      case 6: {
        auto& code = *model_.operator_codes[op.opcode_index];
        code.builtin_code = static_cast<tflite::BuiltinOperator>(Below(100));
        code.deprecated_builtin_code = static_cast<std::int8_t>(code.builtin_code);
        break;
      }
      case 7:
        tensor.quantization.reset();
        break;
      default:
        tensor.buffer = static_cast<std::uint32_t>(Below(model_.buffers.size()));
    }
  }

 private:
  std::size_t Below(std::size_t n) { return n == 0 ? 0 : random_() % n; }
  std::int32_t Small() { return static_cast<std::int32_t>(Below(12)) - 1; }
  std::int32_t Index(std::size_t n) { return static_cast<std::int32_t>(Below(n + 1)) - 1; }
  /// Other numbers in a small constant, or none at all.
  void Constant(const tflite::TensorT& tensor) {
    auto& data = model_.buffers[tensor.buffer]->data;
    if (Below(6) == 0) return data.clear();
    if (data.size() >= 4) data[Below(data.size() / 4) * 4] = static_cast<std::uint8_t>(Small());
  }

  tflite::ModelT& model_;
  std::minstd_rand random_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Use({data, size});
  std::uint32_t seed = 1;
  for (std::size_t i = 0; i < size; ++i) seed = seed * 31 + data[i];
  for (std::uint32_t i = 0; i < 4; ++i) {
    auto model = tflite::Parse({data, size});
    if (!model.ok()) return 0;
    Mutation mutation(**model, seed + i);
    for (std::uint32_t n = 0; n <= i; ++n) mutation.Apply();
    Use(tflite::Serialize(**model));
  }
  return 0;
}
