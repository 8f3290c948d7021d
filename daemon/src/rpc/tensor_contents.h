#pragma once

#include <cstdint>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/tensor.h"

namespace tinyfog::rpc {

/// The bytes, row-major and little-endian, of elements sent in the protocol's typed fields. Every
/// element must be in the field of `type` and fit it. Errors: kInvalidArgument (elements in another
/// field, value out of range, or FP16, which has no typed form).
Outcome<std::vector<std::uint8_t>> PackContents(const ::inference::InferTensorContents& contents,
                                                inference::DataType type);

}  // namespace tinyfog::rpc
