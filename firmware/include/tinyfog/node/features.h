#pragma once

#include <cstdint>
#include <span>

namespace tinyfog::node {

class Pipeline;

/// Makes rows of numbers from overlapping frames of one channel, such as a spectrogram.
class Features {
 public:
  struct Shape {
    std::uint32_t frame;  ///< samples that a row is made from
    std::uint32_t hop;    ///< samples between the beginnings of two frames: 1 to `frame`
    std::uint32_t row;    ///< numbers of a row
  };
  virtual Shape shape() const = 0;
  /// `samples`: shape().frame of them, every `stride`-th one, each worth `unit`; `row`: the result.
  virtual void Compute(std::span<const std::int16_t> samples, std::uint32_t stride, float unit,
                       std::span<float> row) = 0;

  /// The pipeline's parts that only features need, here so that they are linked where there are
  /// any: whether its memory is enough for rows of them; a frame is whole.
  virtual bool Fit(const Pipeline& pipeline) const;
  virtual void AddRow(Pipeline& pipeline);

 protected:
  ~Features() = default;
};

}  // namespace tinyfog::node
