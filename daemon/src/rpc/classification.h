#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/inference/tensor.h"

namespace tinyfog::rpc {

/// The classification extension: per row the `count` largest elements, largest first (equal ones by
/// index), each as "value:index" or "value:index:label", the value as the tensor holds it. The
/// strings are serialised as elements of datatype BYTES: 4 bytes length, then the text.
struct Classification {
  std::vector<std::int64_t> shape;  ///< [rows, classes] where `batched`, else [classes]
  std::string bytes;
};

/// `batched`: dimension 0 of `tensor` counts rows. Labels may be fewer than the classes. Errors:
/// kInvalidArgument (FP16 and BOOL have no order here; no elements).
Outcome<Classification> Classify(const inference::Tensor& tensor, std::uint32_t count, bool batched,
                                 const std::vector<std::string>& labels);

}  // namespace tinyfog::rpc
