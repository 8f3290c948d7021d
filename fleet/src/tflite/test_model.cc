#include "test_model.h"

#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

void AddTensor(ModelT& model, TensorType type, std::vector<std::int32_t> shape,
               const std::string& name, std::uint32_t buffer, std::vector<float> scales) {
  auto tensor = std::make_unique<TensorT>();
  tensor->type = type;
  tensor->shape = std::move(shape);
  tensor->name = name;
  tensor->buffer = buffer;
  tensor->quantization = std::make_unique<QuantizationParametersT>();
  tensor->quantization->zero_point.assign(scales.size(), 0);
  tensor->quantization->scale = std::move(scales);
  model.subgraphs[0]->tensors.push_back(std::move(tensor));
}

}  // namespace

std::unique_ptr<ModelT> SmallConvolution() {
  auto model = std::make_unique<ModelT>();
  model->version = 3;
  for (const std::size_t size : {0, 6, 8}) {
    model->buffers.push_back(std::make_unique<BufferT>());
    model->buffers.back()->data.resize(size, 1);
  }
  model->operator_codes.push_back(std::make_unique<OperatorCodeT>());
  model->operator_codes[0]->deprecated_builtin_code = 3;
  model->operator_codes[0]->builtin_code = BuiltinOperator::CONV_2D;
  model->subgraphs.push_back(std::make_unique<SubGraphT>());
  SubGraphT& graph = *model->subgraphs[0];
  AddTensor(*model, TensorType::INT8, {1, 1, 8, 1}, "input", 0, {0.5f});
  AddTensor(*model, TensorType::INT8, {2, 1, 3, 1}, "weights", 1, {0.1f, 0.2f});
  AddTensor(*model, TensorType::INT32, {2}, "bias", 2, {0.05f, 0.1f});
  AddTensor(*model, TensorType::INT8, {1, 1, 8, 2}, "output", 0, {0.25f});
  graph.inputs = {0};
  graph.outputs = {3};
  graph.operators.push_back(std::make_unique<OperatorT>());
  graph.operators[0]->inputs = {0, 1, 2};
  graph.operators[0]->outputs = {3};
  Conv2DOptionsT options;
  options.stride_w = options.stride_h = 1;
  graph.operators[0]->builtin_options.Set(std::move(options));
  return model;
}

}  // namespace tinyfog::tflite
