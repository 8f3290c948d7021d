#pragma once

#include "inference/grpc_service.pb.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::rpc {

/// The protocol's name of the engine and model format, as `platform` and `backend`.
inline constexpr char kPlatform[] = "armnn_tflite";

/// "READY", "LOADING", "UNLOADING" or "UNAVAILABLE".
const char* ModelStateName(inference::ModelState state);

/// Shapes have -1 as dimension 0 where the model is batched.
void WriteMetadata(const inference::ModelDescription& model,
                   ::inference::ModelMetadataResponse& message);

/// `dims` leave the batch dimension out where the model is batched. Parameters: "placement" (one
/// "layer=backend" per line), "layers" (one "layer<tab>backend<tab>kernel<tab>share of the time" per
/// line), "execution", "checks" and "quarantined" (sentences, one per line), "labels" (one per line), "quantization.<tensor>" ("scale,zero
/// point"), "file_bytes".
void WriteConfig(const inference::ModelDescription& model, ::inference::ModelConfig& config);

void WriteStatistics(const inference::ModelStatistics& statistics,
                     ::inference::ModelStatistics& message);

}  // namespace tinyfog::rpc
