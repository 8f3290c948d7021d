#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "random_graph_for_test.h"
#include "runner_for_test.h"
#include "sample_graph_for_test.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/nn/all_operators.h"

// Hostile .tfm files: a valid one of ours, changed by the input, then opened and run.
namespace {

using namespace tinyfog;

struct ValidFile {
  nn::Target target;
  std::vector<std::uint8_t> tfm;
};

bool HasStream(const compile::Compiled& compiled) {
  return std::any_of(compiled.steps.begin(), compiled.steps.end(), [](const auto& step) {
    return step.kernel.starts_with("stream") || step.kernel.starts_with("residual");
  });
}

// For each target one of many operators and a few with streams.
std::vector<ValidFile> MakeFiles() {
  std::vector<ValidFile> files;
  for (const nn::Target target :
       {nn::Target::kPortable, nn::Target::kCortexMDsp, nn::Target::kCortexMHelium,
        nn::Target::kX86Pairs, nn::Target::kX86Quads}) {
    const compile::Options options = {.target = target};
    files.push_back({target, compile::Compile(compile::SampleGraph(), options).value().tfm});
    int streams = 0;
    for (std::uint32_t seed = 1; streams < 3 && seed < 200; ++seed) {
      auto compiled = compile::Compile(compile::RandomGraph(seed), options).value();
      if (!HasStream(compiled)) continue;
      files.push_back({target, std::move(compiled.tfm)});
      ++streams;
    }
  }
  return files;
}

// Each four bytes of input: where (16 bits), how (8) and what (8). Most changes hit the front,
// where header and parameters are.
void Change(std::span<std::uint8_t> file, const std::uint8_t* data, std::size_t size) {
  for (; size >= 4; data += 4, size -= 4) {
    const std::size_t range = data[2] < 32 ? file.size() : std::min<std::size_t>(file.size(), 1536);
    std::uint8_t& byte = file[(data[0] | data[1] << 8) % range];
    switch (data[2] % 3) {
      case 0:
        byte = data[3];
        break;
      case 1:
        byte = static_cast<std::uint8_t>(byte + data[3] % 9 - 4);
        break;
      default:
        byte ^= static_cast<std::uint8_t>(1u << (data[3] % 8));
    }
  }
}

const std::vector<ValidFile>& Files() {
  static const std::vector<ValidFile> files = MakeFiles();
  return files;
}

}  // namespace

// Takes seconds.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  Files();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kLargestArena = 1 << 16;
  if (size == 0) return 0;
  const ValidFile& valid = Files()[data[0] % Files().size()];
  AlignedBytes file(valid.tfm);
  Change(file.span(), data + 1, size - 1);
  const auto model = nn::Model::Open(file.span(), nn::AllOperators(), valid.target);
  if (!model.ok() || model->arena_bytes() > kLargestArena) return 0;
  AlignedBytes arena(model->arena_bytes());
  auto interpreter = nn::Interpreter::Create(*model, arena.span());
  if (!interpreter.ok()) return 0;
  (void)model->CheckCrc();
  interpreter->Run();
  for (std::uint16_t i = 0; i < model->tensor_count(); ++i) (void)interpreter->tensor(i);
  for (std::uint16_t i = 0; i < model->output_count(); ++i) {
    volatile std::uint8_t sink = 0;
    for (const std::uint8_t byte : interpreter->output(i)) sink = byte;
    (void)sink;
  }
  return 0;
}
