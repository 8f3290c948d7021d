#pragma once

#include "tinyfog/nn/kernels/helium.h"

/// How the Helium operators walk over maps. V holds the inner loops: MVE instructions or, in the
/// portable variant, plain C++.
namespace tinyfog::nn {

/// How sums become bytes.
struct OutputRange {
  std::int32_t zero_point;
  std::int32_t clamp_min;
  std::int32_t clamp_max;
};

/// Where the sixteen channels of a block have their values, in the order of HeliumChannels.
struct Block {
  const std::int32_t* bias;
  const std::int32_t* multiplier;
  const std::int8_t* shift;
};

/// The blocks of a convolution.
struct BlockPerChannel {
  const HeliumChannels* channels;
  Block operator[](std::uint32_t i) const {
    return {channels[i].bias, channels[i].multiplier, channels[i].shift};
  }
};

/// The last kernel_height rows of the padded input, each loaded once.
template <class V>
class RowRing {
 public:
  RowRing(const HeliumConvParams& p, std::int8_t* memory, const std::int8_t* input)
      : p_(p),
        memory_(memory),
        input_(input),
        row_bytes_(static_cast<std::uint32_t>(p.RowBytes())),
        left_(std::uint32_t{p.pad_left} * p.input_channels),
        map_bytes_(std::uint32_t{p.input_width} * p.input_channels) {
    if (map_bytes_ < row_bytes_ - left_) {
      copied_ = map_bytes_;
    } else {
      copied_ = row_bytes_ - left_;
    }
    V::Fill(memory, p.input_zero_point, row_bytes_ * p.kernel_height);
  }

  /// Loads the rows that output row y needs.
  void Advance(std::uint32_t y) {
    const std::uint32_t first = y * p_.stride_height;
    const std::uint32_t end = first + p_.kernel_height;
    for (next_ = next_ < first ? first : next_; next_ < end; ++next_) Load(next_);
  }
  /// Row `v` counts from the first row of the padding.
  const std::int8_t* Row(std::uint32_t v) const { return Slot(v); }

 private:
  std::int8_t* Slot(std::uint32_t v) const { return memory_ + v % p_.kernel_height * row_bytes_; }
  void Load(std::uint32_t v) {
    const std::uint32_t y = v - p_.pad_top;
    if (v < p_.pad_top || y >= p_.input_height) {
      V::Fill(Slot(v), p_.input_zero_point, row_bytes_);
    } else {
      V::Copy(Slot(v) + left_, input_ + y * map_bytes_, copied_);
    }
  }

  const HeliumConvParams& p_;
  std::int8_t* memory_;
  const std::int8_t* input_;
  std::uint32_t row_bytes_;
  std::uint32_t left_;
  std::uint32_t map_bytes_;
  std::uint32_t copied_;
  std::uint32_t next_ = 0;
};

/// Where the kernel's rows lie for output row y.
template <class V>
struct KernelRows {
  KernelRows(const RowRing<V>& ring, const HeliumConvParams& p, std::uint32_t y) {
    for (std::uint32_t ky = 0; ky < p.kernel_height; ++ky) {
      rows[ky] = ring.Row(y * p.stride_height + ky);
    }
  }
  const std::int8_t* rows[kHeliumMaxKernelHeight];
};

/// All output channels of one or two pixels from their patches, which lie `depth` bytes apart.
template <class V, int kPixels, class Blocks>
void DensePixels(const std::int8_t* patch, std::uint32_t depth, const std::int8_t* weights,
                 const Blocks& blocks, std::uint32_t count, const OutputRange& range,
                 std::int8_t* output) {
  for (std::uint32_t c = 0; c < count; c += HeliumChannels::kCount) {
    const std::uint32_t rest = count - c;
    const std::uint32_t rows = rest < HeliumChannels::kCount ? rest : HeliumChannels::kCount;
    std::int32_t sums[kPixels][HeliumChannels::kCount];
    V::template Dot<kPixels>(patch, depth, weights + c * depth, rows, sums);
    V::template Finish<kPixels>(sums, blocks[c / HeliumChannels::kCount], range, rows, output + c,
                                count);
  }
}

/// One output row of a dense convolution; `gather(x, to)` copies the patch of pixel x.
template <class V, class Gather>
void DenseRow(const HeliumConvParams& p, Memory memory, std::int8_t* patch, std::int8_t* output,
              Gather gather) {
  const std::uint32_t depth = static_cast<std::uint32_t>(p.Depth());
  const std::int8_t* weights = memory.Read<std::int8_t>(p.weights);
  const BlockPerChannel channels{memory.Read<HeliumChannels>(p.channels)};
  const OutputRange range{p.output_zero_point, p.clamp_min, p.clamp_max};
  std::uint32_t x = 0;
  for (; x + 1 < p.output_width; x += 2) {
    gather(x, patch);
    gather(x + 1, patch + depth);
    DensePixels<V, 2>(patch, depth, weights, channels, p.output_channels, range,
                      output + x * p.output_channels);
  }
  if (x < p.output_width) {
    gather(x, patch);
    DensePixels<V, 1>(patch, depth, weights, channels, p.output_channels, range,
                      output + x * p.output_channels);
  }
}

template <class V>
void ConvolvePointwise(const HeliumConvParams& p, Memory memory) {
  const std::int8_t* input = memory.Read<std::int8_t>(p.input);
  std::int8_t* output = memory.Write<std::int8_t>(p.output);
  std::int8_t* patch = memory.Write<std::int8_t>(p.scratch);
  const std::uint32_t step = std::uint32_t{p.input_channels} * p.stride_width;
  const std::uint32_t row = std::uint32_t{p.input_width} * p.input_channels;
  // Pixels behind which the row has 15 bytes more, should the copy take too much.
  const std::uint32_t last = p.input_channels % 16 == 0 ? 0 : 15u / p.input_channels + 1;
  const std::uint32_t safe = p.output_width > last ? p.output_width - last : 0;
  for (std::uint32_t n = 0; n < p.batches; ++n, input += row * p.input_height) {
    for (std::uint32_t y = 0; y < p.output_height; ++y) {
      const std::int8_t* from = input + y * p.stride_height * row;
      DenseRow<V>(p, memory, patch, output, [&](std::uint32_t x, std::int8_t* to) {
        if (x < safe) {
          V::CopyOver(to, from + x * step, p.input_channels);
        } else {
          V::Copy(to, from + x * step, p.input_channels);
        }
      });
      output += std::uint32_t{p.output_width} * p.output_channels;
    }
  }
}

template <class V>
void Convolve(const HeliumConvParams& p, Memory memory) {
  if (p.is_pointwise()) return ConvolvePointwise<V>(p, memory);
  const std::int8_t* input = memory.Read<std::int8_t>(p.input);
  std::int8_t* output = memory.Write<std::int8_t>(p.output);
  std::int8_t* rows = memory.Write<std::int8_t>(p.scratch);
  const std::uint32_t step = std::uint32_t{p.input_channels} * p.stride_width;
  const std::uint32_t run = std::uint32_t{p.kernel_width} * p.input_channels;
  // Patches are read in pieces of 16 bytes, the rows' memory is not aligned to that.
  std::int8_t* patch = rows + p.RowBytes() * p.kernel_height;
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    RowRing<V> ring(p, rows, input);
    for (std::uint32_t y = 0; y < p.output_height; ++y) {
      ring.Advance(y);
      const KernelRows<V> kernel(ring, p, y);
      DenseRow<V>(p, memory, patch, output, [&](std::uint32_t x, std::int8_t* to) {
        const std::uint32_t at = x * step;
        for (std::uint32_t ky = 0; ky < p.kernel_height; ++ky, to += run) {
          // What comes too much is written over by the next row, or lies behind the patches.
          V::CopyOver(to, kernel.rows[ky] + at, run);
        }
      });
      output += std::uint32_t{p.output_width} * p.output_channels;
    }
    input += std::uint32_t{p.input_height} * p.input_width * p.input_channels;
  }
}

template <class V>
void ConvolveDepthwise(const HeliumConvParams& p, Memory memory) {
  const std::int8_t* input = memory.Read<std::int8_t>(p.input);
  std::int8_t* output = memory.Write<std::int8_t>(p.output);
  const OutputRange range{p.output_zero_point, p.clamp_min, p.clamp_max};
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    RowRing<V> ring(p, memory.Write<std::int8_t>(p.scratch), input);
    for (std::uint32_t y = 0; y < p.output_height; ++y) {
      ring.Advance(y);
      const KernelRows<V> kernel(ring, p, y);
      V::DepthwiseRow(p, memory.Read<std::int8_t>(p.weights),
                      {memory.Read<HeliumChannels>(p.channels)}, kernel.rows, range, output);
      output += std::uint32_t{p.output_width} * p.output_channels;
    }
    input += std::uint32_t{p.input_height} * p.input_width * p.input_channels;
  }
}

/// Blocks that share one scale.
struct BlockOfBiases {
  const std::int32_t* biases;
  std::int32_t multiplier[HeliumChannels::kCount];
  std::int8_t shift[HeliumChannels::kCount];
  Block operator[](std::uint32_t i) const {
    return {biases + i * HeliumChannels::kCount, multiplier, shift};
  }
};

template <class V>
void FullyConnect(const HeliumFullyConnectedParams& p, Memory memory) {
  const std::int8_t* input = memory.Read<std::int8_t>(p.input);
  std::int8_t* output = memory.Write<std::int8_t>(p.output);
  BlockOfBiases blocks;
  blocks.biases = memory.Read<std::int32_t>(p.biases);
  for (std::uint32_t i = 0; i < HeliumChannels::kCount; ++i) {
    blocks.multiplier[i] = p.multiplier;
    blocks.shift[i] = p.shift;
  }
  const OutputRange range{p.output_zero_point, p.clamp_min, p.clamp_max};
  for (std::uint32_t n = 0; n < p.batches; ++n, input += p.inputs, output += p.outputs) {
    DensePixels<V, 1>(input, (p.inputs + 15) & ~15u, memory.Read<std::int8_t>(p.weights), blocks,
                      p.outputs, range, output);
  }
}

}  // namespace tinyfog::nn
