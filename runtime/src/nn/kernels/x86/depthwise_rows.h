#pragma once

#include "kernels/x86/prepare.h"
#include "tinyfog/nn/kernels/x86.h"

namespace tinyfog::nn::x86 {

/// The rows of a map in the form of V's instructions, padded; each is copied once. Where a vector
/// holds several pixels, those that follow each other in a vector must do so in memory: then a row
/// is stride_width planes, each of every stride_width-th column.
template <class V>
class DepthwiseRowsOf {
 public:
  using Value = typename V::Value;

  DepthwiseRowsOf(const X86DepthwiseParams& p, Memory memory, std::uint32_t places)
      : p_(p),
        memory_(memory.Write<Value>(p.scratch)),
        row_values_(p.RowValues(V::kStep)),
        plane_values_(p.PlaneValues(V::kStep)),
        planes_(p.pitch < places ? p.stride_width : 1u),
        count_(p.Groups(V::kStep) * V::kStep),
        held_(p.HeldRows(V::kStep)),
        copied_(Smaller(p.input_width, p.Columns() - p.pad_left)) {
    for (std::uint32_t kx = 0; kx < p.kernel_width; ++kx) {
      kernel_columns_[kx] = static_cast<std::uint32_t>(Place(kx));
    }
    Fill<V>(p.input_zero_point, static_cast<std::uint32_t>(row_values_) - 16, Row(held_));
    for (std::uint32_t i = 0; i < held_; ++i) Pad(Row(i), 0, p.pad_left);
  }

  const std::uint32_t* kernel_columns() const { return kernel_columns_; }

  void Begin(const std::int8_t* map) {
    map_ = map;
    next_ = 0;
  }

  /// The rows from `first` (of the padded map) on; those of a strip's last group that it does not
  /// need are of zero points.
  void Load(std::uint32_t first, const Value* (&rows)[X86DepthwiseParams::kMostInputs]) {
    const std::uint32_t needed = p_.StripInputs();
    if (first + needed > next_) CopyFrom(first);
    std::uint32_t held = first % held_;
    for (std::uint32_t i = 0; i < count_; ++i) {
      // Wraps to a large number above the map.
      const bool is_inside = i < needed && first + i - p_.pad_top < p_.input_height;
      rows[i] = Row(is_inside ? held : held_);
      if (++held == held_) held = 0;
    }
  }

 private:
  Value* Row(std::uint32_t i) const { return memory_ + i * row_values_; }
  std::size_t Place(std::uint32_t column) const {
    return column % planes_ * plane_values_ + std::size_t{column / planes_} * p_.pitch;
  }
  void Pad(Value* row, std::uint32_t from, std::uint32_t to) const {
    if (planes_ == 1 && from < to) {
      Fill<V>(p_.input_zero_point, (to - from) * p_.pitch, row + Place(from));
      return;
    }
    for (std::uint32_t x = from; x < to; ++x) {
      Fill<V>(p_.input_zero_point, p_.channels, row + Place(x));
    }
  }
  // As many rows as there is place for. Those before `first` are not needed any more.
  void CopyFrom(std::uint32_t first) {
    const std::uint32_t end = Smaller(first + held_, p_.pad_top + std::uint32_t{p_.input_height});
    next_ = next_ < first ? first : next_;
    next_ = next_ < p_.pad_top ? p_.pad_top : next_;
    for (; next_ < end; ++next_) {
      const std::size_t y = next_ - p_.pad_top;
      Copy(map_ + y * p_.input_width * p_.channels, Row(next_ % held_));
    }
  }
  // Every planes_-th from pixel `x` on.
  void CopyPixels(const std::int8_t* from, std::uint32_t x, Value* to) const {
    const std::uint32_t channels = p_.channels;
    const std::size_t step = std::size_t{planes_} * channels;
    from += std::size_t{x} * channels;
    for (; x < copied_; x += planes_, from += step, to += p_.pitch) {
      if (channels <= 16) {
        V::Prepare16(from, to);
      } else {
        Prepare<V>(from, channels, to);
      }
    }
  }
  void Copy(const std::int8_t* from, Value* row) const {
    const std::uint32_t channels = p_.channels;
    if (planes_ == 1 && p_.pitch == channels) {
      Prepare<V>(from, copied_ * channels, row + Place(p_.pad_left));
    } else {
      std::uint32_t first = 0;
      if constexpr (V::kHasManyRegisters) {
        if (planes_ == 2 && p_.pitch == channels && channels >= 8) {
          first = V::Split(from, copied_, channels, row + Place(p_.pad_left),
                           row + Place(p_.pad_left + 1u));
        }
      }
      for (std::uint32_t i = first; i < Smaller(first + planes_, copied_); ++i) {
        CopyPixels(from, i, row + Place(p_.pad_left + i));
      }
    }
    // Copies write behind their end.
    Pad(row, p_.pad_left + copied_, p_.Columns());
  }

  const X86DepthwiseParams& p_;
  Value* const memory_;
  const std::size_t row_values_, plane_values_;
  const std::uint32_t planes_;
  const std::uint32_t count_;   // rows of a strip's groups
  const std::uint32_t held_;    // rows in memory; behind them is one of zero points
  const std::uint32_t copied_;  // columns of the map
  const std::int8_t* map_ = nullptr;
  std::uint32_t next_ = 0;  // row of the padded map
  std::uint32_t kernel_columns_[256];
};

}  // namespace tinyfog::nn::x86
