#include "tinyfog/nn/kernels/recurrent.h"

namespace tinyfog::nn {
namespace {

bool VerifySvdf(const SvdfParams& p, const Bounds& bounds, std::uint32_t element,
                std::uint32_t state) {
  const std::uint64_t units = p.rank == 0 ? 0 : p.filters / p.rank;
  return ArePositive(p.batches, p.inputs, p.filters, p.rank, p.memory) &&
         units * p.rank == p.filters &&
         bounds.Reads(p.input, Product(p.batches, p.inputs, element), element) &&
         bounds.Writes(p.output, Product(p.batches, units, element), element) &&
         bounds.Writes(p.state, Product(p.batches, p.filters, p.memory, state), state) &&
         bounds.Reads(p.feature_weights, Product(p.filters, p.inputs, element), element) &&
         bounds.Reads(p.time_weights, Product(p.filters, p.memory, state), state) &&
         bounds.Reads(p.bias, Product(units, 4), 4);
}

struct LstmSizes {
  std::uint32_t element;
  std::uint32_t cell;
  std::uint32_t weight;
  std::uint32_t bias;
  std::uint32_t biases;  // per unit
};

bool VerifyLstm(const LstmParams& p, const Bounds& bounds, const LstmSizes& sizes) {
  const std::uint64_t state = Product(p.batches, p.units);
  bool is_valid =
      ArePositive(p.batches, p.steps, p.inputs, p.units) &&
      bounds.Reads(p.input, Product(p.batches, p.steps, p.inputs, sizes.element), sizes.element) &&
      bounds.Writes(p.output, Product(p.batches, p.steps, p.units, sizes.element), sizes.element) &&
      bounds.Writes(p.hidden, Product(state, sizes.element), sizes.element) &&
      bounds.Writes(p.cell, Product(state, sizes.cell), sizes.cell);
  for (const LstmGate& gate : p.gates) {
    is_valid =
        is_valid &&
        bounds.Reads(gate.input_weights, Product(p.units, p.inputs, sizes.weight), sizes.weight) &&
        bounds.Reads(gate.recurrent_weights, Product(p.units, p.units, sizes.weight),
                     sizes.weight) &&
        bounds.Reads(gate.bias, Product(p.units, sizes.bias, sizes.biases), sizes.bias);
  }
  return is_valid;
}

bool VerifyIntegerLstm(const LstmParams& p, const Bounds& bounds, const LstmSizes& sizes) {
  return VerifyLstm(p, bounds, sizes) && bounds.Reads(p.table, 512, 2) && p.tanh_shift < 31 &&
         p.cell_clip >= 0;
}

}  // namespace

bool VerifySvdfInt8(const SvdfParams& p, const Bounds& bounds) {
  if (p.state_type == static_cast<std::uint32_t>(Type::kInt8)) return VerifySvdf(p, bounds, 1, 1);
  return p.state_type == static_cast<std::uint32_t>(Type::kInt16) && VerifySvdf(p, bounds, 1, 2);
}
bool VerifySvdfFloat(const SvdfParams& p, const Bounds& bounds) {
  return VerifySvdf(p, bounds, 4, 4);
}

bool VerifyLstmInt8(const LstmParams& p, const Bounds& bounds) {
  return VerifyIntegerLstm(p, bounds, {1, 2, 1, 4, 2});
}
bool VerifyLstmInt16(const LstmParams& p, const Bounds& bounds) {
  return VerifyIntegerLstm(p, bounds, {2, 2, 1, 8, 1});
}
bool VerifyLstmFloat(const LstmParams& p, const Bounds& bounds) {
  return VerifyLstm(p, bounds, {4, 4, 4, 4, 1});
}

}  // namespace tinyfog::nn
