#include "tinyfog/train/export.h"

#include <cstring>
#include <string>

#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::train {
namespace {

using Kind = LayerSpec::Kind;
using tflite::BuiltinOperator;
using tflite::TensorType;

/// How values of a tensor are stored; no scales: float32.
struct Storage {
  std::vector<float> scales{};
  std::int32_t zero_point = 0;
};

Storage StorageOf(const Quantization& q) { return {{q.scale}, q.zero_point}; }

/// A model file that grows operator by operator.
class Builder {
 public:
  Builder() {
    model_.version = 3;
    model_.description = "tinyfog-train";
    AddBuffer(nullptr, 0);
    model_.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
    graph().name = "main";
  }

  tflite::SubGraphT& graph() { return *model_.subgraphs[0]; }

  std::int32_t AddTensor(const std::string& name, TensorType type, std::vector<std::int32_t> shape,
                         const Storage& storage, std::uint32_t buffer = 0) {
    auto tensor = std::make_unique<tflite::TensorT>();
    tensor->name = name;
    tensor->type = type;
    tensor->shape = std::move(shape);
    tensor->buffer = buffer;
    tensor->quantization = std::make_unique<tflite::QuantizationParametersT>();
    tensor->quantization->scale = storage.scales;
    tensor->quantization->zero_point.assign(storage.scales.size(), storage.zero_point);
    graph().tensors.push_back(std::move(tensor));
    return static_cast<std::int32_t>(graph().tensors.size()) - 1;
  }

  template <class T>
  std::int32_t AddConstant(const std::string& name, TensorType type,
                           std::vector<std::int32_t> shape, const Storage& storage,
                           const std::vector<T>& values) {
    const std::uint32_t buffer = AddBuffer(values.data(), values.size() * sizeof(T));
    return AddTensor(name, type, std::move(shape), storage, buffer);
  }

  template <class Options>
  void AddOperator(BuiltinOperator code, std::int32_t version, std::vector<std::int32_t> inputs,
                   std::int32_t output, Options options) {
    auto op = std::make_unique<tflite::OperatorT>();
    op->opcode_index = CodeIndex(code, version);
    op->inputs = std::move(inputs);
    op->outputs = {output};
    op->builtin_options.Set(std::move(options));
    graph().operators.push_back(std::move(op));
  }

  std::vector<std::uint8_t> Finish(std::int32_t input, std::int32_t output) {
    graph().inputs = {input};
    graph().outputs = {output};
    // The first TensorFlow Lite that has these operator versions, in 16 bytes.
    constexpr char kRuntime[16] = "1.14.0";
    auto metadata = std::make_unique<tflite::MetadataT>();
    metadata->name = "min_runtime_version";
    metadata->buffer = AddBuffer(kRuntime, sizeof(kRuntime));
    model_.metadata.push_back(std::move(metadata));
    return tflite::Serialize(model_);
  }

 private:
  std::uint32_t AddBuffer(const void* data, std::size_t size) {
    model_.buffers.push_back(std::make_unique<tflite::BufferT>());
    std::vector<std::uint8_t>& bytes = model_.buffers.back()->data;
    bytes.resize(size);
    if (size) std::memcpy(bytes.data(), data, size);
    return static_cast<std::uint32_t>(model_.buffers.size()) - 1;
  }

  std::uint32_t CodeIndex(BuiltinOperator code, std::int32_t version) {
    auto& codes = model_.operator_codes;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i]->builtin_code == code) return static_cast<std::uint32_t>(i);
    }
    codes.push_back(std::make_unique<tflite::OperatorCodeT>());
    codes.back()->deprecated_builtin_code = static_cast<std::int8_t>(code);
    codes.back()->builtin_code = code;
    codes.back()->version = version;
    return static_cast<std::uint32_t>(codes.size()) - 1;
  }

  tflite::ModelT model_;
};

/// The shape of a layer's output for one sample.
std::vector<std::int32_t> ShapeOf(const LayerSpec& spec, Extent in) {
  const Extent out = spec.OutputOf(in);
  if (spec.kind == Kind::kDense) return {1, out.channels};
  return {1, 1, out.width, out.channels};
}

std::vector<std::int32_t> WeightShape(const LayerSpec& spec, Extent in) {
  if (spec.kind == Kind::kDense) return {spec.outputs, in.size()};
  return {spec.outputs, 1, spec.width, in.channels};
}

/// From [width, in, out] to TensorFlow Lite's [out, width, in].
template <class T>
std::vector<T> Reorder(const LayerSpec& spec, const std::vector<T>& weights) {
  if (spec.kind == Kind::kDense) return weights;
  const auto outputs = static_cast<std::size_t>(spec.outputs);
  const std::size_t rows = weights.size() / outputs;
  std::vector<T> reordered(weights.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t o = 0; o < outputs; ++o) {
      reordered[o * rows + row] = weights[row * outputs + o];
    }
  }
  return reordered;
}

/// Adds the operator of one layer; `inputs` holds the activations and, where it has them, weights
/// and bias.
void AddLayer(Builder& builder, const LayerSpec& spec, Extent in,
              const std::vector<std::int32_t>& inputs, std::int32_t output, bool int8) {
  const auto activation =
      spec.relu ? tflite::ActivationFunctionType::RELU : tflite::ActivationFunctionType::NONE;
  if (spec.kind == Kind::kConvolution) {
    tflite::Conv2DOptionsT options;
    options.padding = tflite::Padding::SAME;
    options.stride_w = spec.stride;
    options.stride_h = 1;
    options.fused_activation_function = activation;
    builder.AddOperator(BuiltinOperator::CONV_2D, int8 ? 3 : 1, inputs, output, options);
  } else if (spec.kind == Kind::kGlobalAveragePool) {
    tflite::Pool2DOptionsT options;
    options.padding = tflite::Padding::VALID;
    options.stride_w = options.filter_width = in.width;
    options.stride_h = options.filter_height = 1;
    builder.AddOperator(BuiltinOperator::AVERAGE_POOL_2D, int8 ? 2 : 1, inputs, output, options);
  } else {
    tflite::FullyConnectedOptionsT options;
    options.fused_activation_function = activation;
    builder.AddOperator(BuiltinOperator::FULLY_CONNECTED, int8 ? 4 : 1, inputs, output, options);
  }
}

std::vector<std::uint8_t> FinishWithSoftmax(Builder& builder, std::int32_t input,
                                            std::int32_t logits, int classes, bool int8) {
  const Storage storage = int8 ? StorageOf({1.0f / 256, -128}) : Storage{};
  const std::int32_t state = builder.AddTensor(
      "state", int8 ? TensorType::INT8 : TensorType::FLOAT32, {1, classes}, storage);
  tflite::SoftmaxOptionsT options;
  options.beta = 1;
  builder.AddOperator(BuiltinOperator::SOFTMAX, int8 ? 2 : 1, {logits}, state, options);
  return builder.Finish(input, state);
}

}  // namespace

std::vector<std::uint8_t> ExportFloat(const Network& network) {
  const NetworkSpec& spec = network.spec();
  const TensorType type = TensorType::FLOAT32;
  Builder builder;
  const std::int32_t input =
      builder.AddTensor("window", type, {1, 1, spec.input.width, spec.input.channels}, {});
  std::int32_t x = input;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const LayerSpec& layer = spec.layers[i];
    const Extent in = spec.ExtentBefore(i);
    std::vector<std::int32_t> inputs{x};
    if (layer.kind != Kind::kGlobalAveragePool) {
      const Layer& trained = network.layer(i);
      inputs.push_back(builder.AddConstant(layer.name + "/weights", type, WeightShape(layer, in),
                                           {}, Reorder(layer, trained.weights.value)));
      inputs.push_back(
          builder.AddConstant(layer.name + "/bias", type, {layer.outputs}, {}, trained.bias.value));
    }
    x = builder.AddTensor(layer.name, type, ShapeOf(layer, in), {});
    AddLayer(builder, layer, in, inputs, x, false);
  }
  return FinishWithSoftmax(builder, input, x, spec.ExtentBefore(spec.layers.size()).channels,
                           false);
}

std::vector<std::uint8_t> ExportInt8(const NetworkSpec& spec, const QuantizedNetwork& quantized) {
  Builder builder;
  const std::int32_t input =
      builder.AddTensor("window", TensorType::INT8, {1, 1, spec.input.width, spec.input.channels},
                        StorageOf(quantized.input));
  std::int32_t x = input;
  float input_scale = quantized.input.scale;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const LayerSpec& layer = spec.layers[i];
    const QuantizedLayer& q = quantized.layers[i];
    const Extent in = spec.ExtentBefore(i);
    std::vector<std::int32_t> inputs{x};
    if (layer.kind != Kind::kGlobalAveragePool) {
      Storage bias{q.weight_scales};
      for (float& scale : bias.scales) scale *= input_scale;
      inputs.push_back(builder.AddConstant(layer.name + "/weights", TensorType::INT8,
                                           WeightShape(layer, in), {q.weight_scales},
                                           Reorder(layer, q.weights)));
      inputs.push_back(builder.AddConstant(layer.name + "/bias", TensorType::INT32, {layer.outputs},
                                           bias, q.bias));
    }
    x = builder.AddTensor(layer.name, TensorType::INT8, ShapeOf(layer, in), StorageOf(q.output));
    AddLayer(builder, layer, in, inputs, x, true);
    input_scale = q.output.scale;
  }
  return FinishWithSoftmax(builder, input, x, spec.ExtentBefore(spec.layers.size()).channels, true);
}

}  // namespace tinyfog::train
