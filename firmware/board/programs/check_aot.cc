#include <cstring>

#include "model_bytes.h"
#include "print.h"
#include "program.h"
#include "tinyfog/nn/interpreter.h"
#include TINYFOG_CODE_HEADER
#include TINYFOG_OPERATORS_HEADER

// Ahead-of-time code beside the interpreter, step by step: every live tensor has equal bytes.
namespace tinyfog::board {
namespace {

alignas(16) std::uint8_t g_interpreted[192 << 10];
alignas(16) std::uint8_t g_compiled[TINYFOG_CODE::kArenaBytes];

// 0, or the first cut behind which a tensor differs.
unsigned FirstDifference(nn::Interpreter& interpreter) {
  const nn::Model& model = interpreter.model();
  for (std::uint16_t cut = 1; cut <= model.step_count(); ++cut) {
    interpreter.RunSteps(static_cast<std::uint16_t>(cut - 1), cut);
    TINYFOG_CODE::RunSteps(g_compiled, cut - 1u, cut);
    for (std::uint16_t t = 0; t < model.tensor_count(); ++t) {
      const nn::TensorInfo info = model.tensor(t);
      if (info.first_cut > cut || info.last_cut < cut || (info.data & nn::kConstantBit)) continue;
      if (std::memcmp(interpreter.tensor(t).data(), g_compiled + info.data, info.bytes) != 0) {
        return cut;
      }
    }
  }
  return 0;
}

bool RunSeed(nn::Interpreter& interpreter, std::uint32_t seed) {
  std::uint32_t x = seed;
  for (std::uint16_t i = 0; i < interpreter.model().input_count(); ++i) {
    const std::span<std::uint8_t> input = interpreter.input(i);
    for (std::uint8_t& byte : input) {
      x = x * 1664525u + 1013904223u;
      byte = static_cast<std::uint8_t>(x >> 24);
    }
    std::memcpy(g_compiled + (input.data() - g_interpreted), input.data(), input.size());
  }
  const unsigned cut = FirstDifference(interpreter);
  if (cut != 0) Print("seed ", seed, ": a tensor behind step ", cut - 1, " differs\n");
  return cut == 0;
}

}  // namespace

std::int32_t Main() {
  const auto model = nn::Model::Open(ModelBytes(), TINYFOG_OPERATORS::Table::kTable, kModelTarget);
  if (!model.ok()) {
    Print("the model is refused: ", StatusName(model.error()), "\n");
    return 1;
  }
  auto interpreter = nn::Interpreter::Create(*model, g_interpreted);
  if (!interpreter.ok() || model->arena_bytes() != TINYFOG_CODE::kArenaBytes ||
      model->step_count() != TINYFOG_CODE::kSteps) {
    Print("code and file are of different models\n");
    return 1;
  }
  TINYFOG_CODE::Reset(g_compiled);
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    if (!RunSeed(*interpreter, seed)) return 1;
  }
  Print("ahead-of-time code equals the interpreter behind every step, seeds 1 to 3\n");
  return 0;
}

}  // namespace tinyfog::board
