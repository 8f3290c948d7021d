#include "kernels/portable/lstm.h"

namespace tinyfog::nn {

void RunLstmInt8(const LstmParams& p, Memory memory) {
  portable::Lstm<portable::IntegerLstm<std::int8_t, std::int32_t, std::uint32_t>>(p, memory);
}

}  // namespace tinyfog::nn
