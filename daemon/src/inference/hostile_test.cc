#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "backend_check.h"
#include "test_models.h"
#include "tinyfog/tflite/model.h"

// Models with a wrong meaning, which both ways to execute a model must refuse with a reason.
namespace tinyfog::inference {
namespace {

using namespace tflite;

struct Attack {
  const char* name;
  std::function<void(ModelT&)> apply;
};

SubGraphT& Graph(ModelT& model) { return *model.subgraphs[0]; }

OperatorT& Find(ModelT& model, BuiltinOperator kind) {
  for (auto& op : Graph(model).operators) {
    if (OperatorOf(model, *op) == kind) return *op;
  }
  std::abort();
}

TensorT& InputOf(ModelT& model, BuiltinOperator kind, std::size_t i) {
  return *Graph(model).tensors[static_cast<std::size_t>(Find(model, kind).inputs[i])];
}

TensorT& OutputOf(ModelT& model, BuiltinOperator kind) {
  return *Graph(model).tensors[static_cast<std::size_t>(Find(model, kind).outputs[0])];
}

Conv2DOptionsT& Conv(ModelT& model) {
  return *Find(model, BuiltinOperator::CONV_2D).builtin_options.AsConv2DOptions();
}

Pool2DOptionsT& Pool(ModelT& model) {
  return *Find(model, BuiltinOperator::AVERAGE_POOL_2D).builtin_options.AsPool2DOptions();
}

constexpr auto kConv = BuiltinOperator::CONV_2D;
constexpr auto kPool = BuiltinOperator::AVERAGE_POOL_2D;
constexpr auto kDense = BuiltinOperator::FULLY_CONNECTED;
constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

const Attack kAttacks[] = {
    {"huge input",
     [](ModelT& m) {
       InputOf(m, kConv, 0).shape = {1, 30000, 30000, 2};
     }},
    {"overflowing product",
     [](ModelT& m) {
       InputOf(m, kConv, 0).shape = {1, kMost, kMost, kMost};
     }},
    {"huge output",
     [](ModelT& m) {
       OutputOf(m, kConv).shape = {1, 40000, 40000, 1};
     }},
    {"negative dimension", [](ModelT& m) { InputOf(m, kConv, 0).shape[1] = -5; }},
    {"empty dimension", [](ModelT& m) { InputOf(m, kConv, 0).shape[1] = 0; }},
    {"no dimensions", [](ModelT& m) { InputOf(m, kConv, 0).shape.clear(); }},
    {"filter without dimensions", [](ModelT& m) { InputOf(m, kConv, 1).shape.clear(); }},
    {"zero stride", [](ModelT& m) { Conv(m).stride_h = 0; }},
    {"zero width stride", [](ModelT& m) { Conv(m).stride_w = 0; }},
    {"negative stride", [](ModelT& m) { Conv(m).stride_w = -3; }},
    {"huge stride", [](ModelT& m) { Conv(m).stride_w = kMost; }},
    {"zero dilation", [](ModelT& m) { Conv(m).dilation_w_factor = 0; }},
    {"huge dilation", [](ModelT& m) { Conv(m).dilation_w_factor = kMost; }},
    {"zero pool stride", [](ModelT& m) { Pool(m).stride_w = 0; }},
    {"zero pool window", [](ModelT& m) { Pool(m).filter_width = 0; }},
    {"huge pool window", [](ModelT& m) { Pool(m).filter_width = kMost; }},
    {"negative pool window", [](ModelT& m) { Pool(m).filter_height = -1; }},
    {"weights cut short",
     [](ModelT& m) {
       auto& data = m.buffers[InputOf(m, kConv, 1).buffer]->data;
       data.resize(data.size() / 2);
     }},
    {"weights too long",
     [](ModelT& m) { m.buffers[InputOf(m, kConv, 1).buffer]->data.resize(9999); }},
    {"bias cut short", [](ModelT& m) { m.buffers[InputOf(m, kConv, 2).buffer]->data.resize(4); }},
    {"bias of one value",
     [](ModelT& m) {
       TensorT& bias = InputOf(m, kConv, 2);
       bias.shape = {1};
       bias.quantization.reset();
       m.buffers[bias.buffer]->data.resize(4);
     }},
    {"weights of another shape",
     [](ModelT& m) {
       auto& shape = InputOf(m, kDense, 1).shape;
       std::swap(shape[0], shape[1]);
     }},
    {"no weights", [](ModelT& m) { Find(m, kConv).inputs[1] = -1; }},
    {"no input", [](ModelT& m) { Find(m, kConv).inputs[0] = -1; }},
    {"no inputs at all", [](ModelT& m) { Find(m, kConv).inputs.clear(); }},
    {"input is the output", [](ModelT& m) { Find(m, kPool).inputs = Find(m, kPool).outputs; }},
    {"tensor out of range", [](ModelT& m) { Find(m, kPool).inputs[0] = 100000; }},
    {"no options", [](ModelT& m) { Find(m, kConv).builtin_options.Reset(); }},
    {"no quantisation", [](ModelT& m) { InputOf(m, kConv, 0).quantization.reset(); }},
    {"scale of zero", [](ModelT& m) { InputOf(m, kConv, 0).quantization->scale = {0}; }},
    {"infinite scale",
     [](ModelT& m) {
       InputOf(m, kConv, 0).quantization->scale = {std::numeric_limits<float>::infinity()};
     }},
    {"zero point out of range",
     [](ModelT& m) { InputOf(m, kConv, 0).quantization->zero_point = {1 << 20}; }},
    {"too few scales", [](ModelT& m) { InputOf(m, kConv, 1).quantization->scale.resize(2); }},
    {"floats for integers", [](ModelT& m) { OutputOf(m, kConv).type = TensorType::FLOAT32; }},
    {"unknown operator",
     [](ModelT& m) {
       auto& code = *m.operator_codes[Find(m, kPool).opcode_index];
       code.builtin_code = BuiltinOperator::CUSTOM;
       code.deprecated_builtin_code = static_cast<std::int8_t>(BuiltinOperator::CUSTOM);
       code.custom_code = "Evil";
     }},
};

/// What is wrong with it, or nothing where a backend is found.
std::string ReasonOn(Engine& engine, const std::vector<std::uint8_t>& bytes) {
  const auto file = OpenModel(bytes);
  if (!file.ok()) return file.error().message;
  const auto choice = ChooseBackends(*file, engine);
  return choice.ok() ? "" : choice.error().message;
}

TEST(Hostile, EveryAttackIsRefusedWithAReason) {
  const auto bytes =
      testing::ReadAll(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
  for (const std::vector<std::string>& backends :
       {std::vector<std::string>{"CpuTiny"}, {"CpuRef"}, {"CpuTiny", "CpuRef"}}) {
    const auto engine = CreateEngine(backends);
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    EXPECT_EQ(ReasonOn(**engine, bytes), "");
    for (const Attack& attack : kAttacks) {
      auto model = Parse(bytes);
      ASSERT_TRUE(model.ok());
      attack.apply(**model);
      EXPECT_NE(ReasonOn(**engine, Serialize(**model)), "") << attack.name << " on " << backends[0];
    }
  }
}

}  // namespace
}  // namespace tinyfog::inference
