#include "kernels/portable/lstm.h"

namespace tinyfog::nn {

void RunLstmInt16(const LstmParams& p, Memory memory) {
  portable::Lstm<portable::IntegerLstm<std::int16_t, std::int64_t, std::uint64_t>>(p, memory);
}

}  // namespace tinyfog::nn
