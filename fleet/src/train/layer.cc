#include "tinyfog/train/layer.h"

#include <algorithm>

namespace tinyfog::train {

Extent LayerSpec::OutputOf(Extent input) const {
  switch (kind) {
    case Kind::kConvolution:
      return {(input.width + stride - 1) / stride, outputs};
    case Kind::kGlobalAveragePool:
      return {1, input.channels};
    case Kind::kDense:
      break;
  }
  return {1, outputs};
}

int LayerSpec::PaddingTotal(int input_width) const {
  const int output_width = (input_width + stride - 1) / stride;
  return std::max((output_width - 1) * stride + width - input_width, 0);
}

int LayerSpec::PaddingBefore(int input_width) const { return PaddingTotal(input_width) / 2; }

int LayerSpec::WeightCount(Extent input) const {
  switch (kind) {
    case Kind::kConvolution:
      return width * input.channels * outputs;
    case Kind::kGlobalAveragePool:
      return 0;
    case Kind::kDense:
      break;
  }
  return input.size() * outputs;
}

long LayerSpec::MultiplyAccumulates(Extent input) const {
  return static_cast<long>(OutputOf(input).width) * WeightCount(input);
}

}  // namespace tinyfog::train
