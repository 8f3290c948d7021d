#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine.h"
#include "tinyfog/host/error.h"

namespace tinyfog::tflite {
struct ModelT;
}

namespace tinyfog::inference {

/// A model file that has passed every check and is ready for an engine.
struct ModelFile {
  std::vector<std::uint8_t> bytes;  ///< as the engine gets it, for a single inference
  Signature signature;              ///< of a single inference
  std::uint64_t file_bytes = 0;     ///< of the file as it was given
  double multiplications = 0;       ///< of a single inference, about
  bool may_batch = false;           ///< dimension 0 of all inputs and outputs is 1
  /// Why no backend but CpuTiny may have the file: Arm NN would refuse it, or could not execute it
  /// safely.
  std::optional<Error> only_tiny;
  std::size_t operators = 0;
  bool quantised = false;   ///< some tensor is
  std::string cpu_ref_gap;  ///< see CpuRefGap
};

/// Parses and checks a .tflite file, dequantises constants of dynamic-range-quantised operators,
/// and writes it anew, without what the engine does not need. What CpuTiny could make of a file
/// that is not fit for Arm NN remains to be seen. Errors: kInvalidArgument, kUnimplemented.
Outcome<ModelFile> OpenModel(std::span<const std::uint8_t> file);

/// The file for `rows` inferences at once: dimension 0 patched. Precondition: may_batch. Whether
/// the result computes the same is the caller's to check. Errors: kUnimplemented where the patched
/// model contradicts itself.
Outcome<std::vector<std::uint8_t>> BatchedModel(const ModelFile& file, std::uint32_t rows);

/// `signature` with `rows` in dimension 0.
Signature BatchedSignature(Signature signature, std::uint32_t rows);

/// Checks what the engine takes for granted: the operators' number of inputs and outputs, shapes
/// and types that agree, strides and filters above zero, axes in range, and the work that one
/// inference takes. `model` has passed tflite::Check. Errors: kInvalidArgument; kUnimplemented for
/// operators that the engine does not know. Returns the multiplications of one inference, about.
Outcome<double> CheckModel(const tflite::ModelT& model);

/// Whether a NaN or an infinity in an input could reach a quantisation, where the engine would end
/// the process. `model` has passed CheckModel. Errors: kInvalidArgument when the model itself could
/// make a NaN there.
Outcome<bool> NeedsFiniteInputs(const tflite::ModelT& model);

/// Why CpuRef's answers are no reference for this model; empty where they are. `model` has passed
/// CheckModel.
std::string CpuRefGap(const tflite::ModelT& model);

/// Counts axes that count from the end (-1: the last) from the start, where the engine does not do
/// that itself. `model` has passed CheckModel.
void NormalizeAxes(tflite::ModelT& model);

/// Sets dimension 0 of every non-constant tensor with shape[0] == 1 to `rows`, and the same in the
/// shapes that RESHAPE has as constants and options.
void PatchBatch(tflite::ModelT& model, std::uint32_t rows);

}  // namespace tinyfog::inference
