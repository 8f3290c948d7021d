#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exit_code.h"
#include "inference/grpc_service.pb.h"
#include "model_view.h"

namespace tinyfog::ctl {

/// One --input: the tensor's name ("" for "the only one") and where its bytes are ("-": standard
/// input).
struct InputArgument {
  std::string name;
  std::string file;
};

/// "NAME=FILE" where NAME is an input of the model, otherwise all of `text` is the file.
InputArgument ParseInputArgument(std::string_view text, const ModelView& model);

/// Adds one input of raw bytes to `request`. Where the model is batched, bytes for n inferences
/// make a batch of n. Errors: kInvalidArgument (no such input, size), saying what fits.
Outcome<void> AddRawInput(const ModelView& model, const std::string& name, std::string bytes,
                          ::inference::ModelInferRequest& request);

/// The inputs of an Open Inference Protocol request in JSON: {"inputs": [{"name", "datatype",
/// "shape", "data": […]}]}; datatype and shape may be left out where the model has them, "data" may
/// be nested. Errors: kInvalidArgument, with the place.
Outcome<::inference::ModelInferRequest> ParseJsonInputs(std::string_view json,
                                                        const ModelView& model);

/// The model's input of that name; "" means the only one. Errors: kInvalidArgument.
Outcome<const TensorView*> FindInput(const ModelView& model, const std::string& name);

}  // namespace tinyfog::ctl
