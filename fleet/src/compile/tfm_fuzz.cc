#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "runner_for_test.h"
#include "sample_graph_for_test.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/nn/all_operators.h"

// Hostile .tfm files: a valid one of ours, changed by the input, then opened and run.
namespace {

using namespace tinyfog;

const std::vector<std::uint8_t>& ValidFile() {
  static const std::vector<std::uint8_t> file =
      compile::Compile(compile::SampleGraph()).value().tfm;
  return file;
}

// Each four bytes of input: where (16 bits), how (8) and what (8).
void Change(std::span<std::uint8_t> file, const std::uint8_t* data, std::size_t size) {
  for (; size >= 4; data += 4, size -= 4) {
    std::uint8_t& byte = file[(data[0] | data[1] << 8) % file.size()];
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kLargestArena = 1 << 16;
  AlignedBytes file(ValidFile());
  Change(file.span(), data, size);
  const auto model = nn::Model::Open(file.span(), nn::AllOperators());
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
