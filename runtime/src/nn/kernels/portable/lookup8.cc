#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {

void RunLookup8(const Lookup8Params& p, Memory memory) {
  const std::uint8_t* input = memory.Read<std::uint8_t>(p.input);
  const std::uint8_t* table = memory.Read<std::uint8_t>(p.table);
  std::uint8_t* output = memory.Write<std::uint8_t>(p.output);
  for (std::uint32_t i = 0; i < p.count; ++i) output[i] = table[input[i] ^ p.flip];
}

}  // namespace tinyfog::nn
