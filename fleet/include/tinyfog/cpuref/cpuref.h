#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog {

/// A .tflite model run by Arm NN's reference backend, with nothing of ours in between: what the
/// compiler's --verify and tests compare with. One at a time in a process; not thread-safe.
class CpuRef {
 public:
  struct Port {
    std::string name;
    std::size_t bytes = 0;
    bool is_float = false;
    float scale = 0;  // of quantised ports
    std::int32_t zero_point = 0;
  };

  /// `model` is a verified .tflite file. Errors: kUnimplemented with Arm NN's own reason.
  static Outcome<std::unique_ptr<CpuRef>> Load(std::span<const std::uint8_t> model);
  virtual ~CpuRef() = default;

  /// In the order of the file.
  virtual const std::vector<Port>& inputs() const = 0;
  virtual const std::vector<Port>& outputs() const = 0;
  /// One inference. Precondition: one span for each input, of its size.
  virtual Outcome<std::vector<std::vector<std::uint8_t>>> Run(
      const std::vector<std::span<const std::uint8_t>>& values) = 0;
};

}  // namespace tinyfog
