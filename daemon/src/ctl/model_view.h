#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/table.h"

namespace tinyfog::ctl {

struct TensorView {
  std::string name;
  std::string datatype;
  std::vector<std::int64_t> shape;  ///< -1: the batch dimension
  struct Quantization {
    double scale = 0;
    std::int64_t zero_point = 0;
  };
  std::optional<Quantization> quantization;
  std::uint64_t bytes = 0;  ///< of a single inference; 0 for unknown data types
};

/// One version of a model as the CLI shows and uses it, put together from ModelMetadata and
/// ModelConfig. docs/api.md names the configuration's parameters.
struct ModelView {
  std::string name;
  std::vector<std::string> versions;
  std::string platform;
  std::vector<TensorView> inputs, outputs;
  std::vector<std::string> labels;
  ::inference::ModelConfig config;
};

ModelView MakeModelView(const ::inference::ModelMetadataResponse& metadata,
                        const ::inference::ModelConfig& config);

/// What `model show` prints.
std::string RenderModel(const ModelView& model, const ::inference::ModelStatisticsResponse& stats,
                        const term::Style& style);
void WriteModel(const ModelView& model, const ::inference::ModelStatisticsResponse& stats,
                term::JsonWriter& json);

}  // namespace tinyfog::ctl
