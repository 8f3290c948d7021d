#include <optional>

#include "bench.h"
#include "model_bytes.h"
#include "tinyfog/nn/interpreter.h"
#include TINYFOG_OPERATORS_HEADER

namespace tinyfog::board::bench {
namespace {

alignas(16) std::uint8_t g_arena[192 << 10];
std::optional<nn::Interpreter> g_interpreter;

}  // namespace

bool Setup() {
  const std::span<const std::uint8_t> bytes = ModelBytes();
  const auto model = nn::Model::Open(bytes, TINYFOG_OPERATORS::Table::kTable, kModelTarget);
  if (!model.ok()) return false;
  const auto interpreter = nn::Interpreter::Create(*model, g_arena);
  if (!interpreter.ok()) return false;
  g_interpreter = *interpreter;
  return true;
}

void Run() { g_interpreter->Run(); }
std::uint32_t ArenaBytes() { return g_interpreter->model().arena_bytes(); }
std::span<std::uint8_t> Input() { return g_interpreter->input(0); }
std::span<const std::uint8_t> Output() { return g_interpreter->output(0); }

}  // namespace tinyfog::board::bench
