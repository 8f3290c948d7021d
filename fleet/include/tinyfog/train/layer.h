#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

/// Training of small networks over one axis (time), in float32 on one thread. Samples are
/// [width, channels], batches [batch, width, channels], row-major.
namespace tinyfog::train {

/// The size of one sample's activations.
struct Extent {
  int width = 1, channels = 1;
  int size() const { return width * channels; }
};

/// One layer of a network; what a kind does not use is ignored.
struct LayerSpec {
  enum class Kind {
    kConvolution,        ///< padded so that the output's width is ceil(input's width / stride)
    kGlobalAveragePool,  ///< over the width
    kDense,              ///< over all of the input
  } kind = Kind::kConvolution;
  std::string name;  ///< of its tensors in model files
  int outputs = 1;   ///< channels
  int width = 1;     ///< of the kernel
  int stride = 1;
  bool relu = false;

  Extent OutputOf(Extent input) const;
  /// Zeros before the first sample; the rest of what the kernel needs is behind the last one.
  int PaddingBefore(int input_width) const;
  int PaddingTotal(int input_width) const;
  int WeightCount(Extent input) const;
  long MultiplyAccumulates(Extent input) const;
};

struct Parameter {
  std::vector<float> value, gradient;
};

/// A layer with memory for a fixed batch. Not thread-safe.
class Layer {
 public:
  virtual ~Layer() = default;
  virtual void Forward(std::span<const float> x, std::span<float> y) = 0;
  /// Overwrites the parameters' gradients and, unless it is empty, dx. dy is scratch afterwards.
  /// x and y are what Forward had and gave.
  virtual void Backward(std::span<const float> x, std::span<const float> y, std::span<float> dy,
                        std::span<float> dx) = 0;
  /// Convolution [width, in, out] or dense [out, in]; empty where there are none.
  Parameter weights;
  Parameter bias;
};

std::unique_ptr<Layer> MakeLayer(const LayerSpec& spec, Extent input, int batch);

/// y = softmax(x) of each row of `classes`, as many rows as x has.
void Softmax(std::span<const float> x, std::span<float> y, int classes);

}  // namespace tinyfog::train
