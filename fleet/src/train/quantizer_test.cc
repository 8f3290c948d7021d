#include "tinyfog/train/quantizer.h"

#include <gtest/gtest.h>

#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"
#include "tinyfog/train/export.h"
#include "tinyfog/train/motor.h"

namespace tinyfog::train {
namespace {

TEST(QuantizerTest, BoundsMapToTheEndsAndZeroIsExact) {
  const Quantization q = QuantizationOf(-1, 3);
  EXPECT_EQ(QuantizeValue(-1, q), -128);
  EXPECT_EQ(QuantizeValue(3, q), 127);
  EXPECT_EQ(QuantizeValue(0, q), q.zero_point);
  EXPECT_EQ(QuantizeValue(100, q), 127);
  EXPECT_EQ(QuantizationOf(0, 2).zero_point, -128);
  EXPECT_EQ(QuantizationOf(1, 2).zero_point, -128);
  EXPECT_EQ(QuantizationOf(0, 0).scale, 1);
}

TEST(QuantizerTest, WeightsAndBiasKeepTheirValues) {
  demo::Random random(5);
  Network network(MotorNetwork(), 10, random);
  for (float& b : network.layer(0).bias.value) b = static_cast<float>(random.Uniform(-1, 1));
  const QuantizedNetwork q = Quantize(network, MotorData(1, 4), 1);
  const QuantizedLayer& layer = q.layers[0];
  ASSERT_EQ(layer.weight_scales.size(), 8u);
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    const float scale = layer.weight_scales[i % 8];
    EXPECT_NEAR(layer.weights[i] * scale, network.layer(0).weights.value[i], scale * 0.51f);
    EXPECT_NE(layer.weights[i], -128);
  }
  for (std::size_t c = 0; c < 8; ++c) {
    const float scale = q.input.scale * layer.weight_scales[c];
    EXPECT_NEAR(static_cast<float>(layer.bias[c]) * scale, network.layer(0).bias.value[c], scale);
  }
  EXPECT_EQ(q.layers.back().weight_scales.size(), 1u);
  EXPECT_EQ(q.layers[4].output.scale, q.layers[3].output.scale);
}

TEST(ExportTest, FilesAreValidAndHaveTheStatedInterface) {
  demo::Random random(5);
  Network network(MotorNetwork(), 10, random);
  const QuantizedNetwork quantized = Quantize(network, MotorData(1, 4), 1);
  for (const auto& file : {ExportFloat(network), ExportInt8(network.spec(), quantized)}) {
    const auto model = tflite::Parse(file);
    ASSERT_TRUE(model.ok()) << model.error().message;
    const auto& graph = *(*model)->subgraphs[0];
    const auto& input = *graph.tensors[static_cast<std::size_t>(graph.inputs[0])];
    const auto& output = *graph.tensors[static_cast<std::size_t>(graph.outputs[0])];
    EXPECT_EQ(input.name, "window");
    EXPECT_EQ(input.shape, (std::vector<std::int32_t>{1, 1, 128, 3}));
    EXPECT_EQ(output.name, "state");
    EXPECT_EQ(output.shape, (std::vector<std::int32_t>{1, 5}));
    if (output.type != tflite::TensorType::INT8) continue;
    EXPECT_EQ(output.quantization->scale[0], 1.0f / 256);
    EXPECT_EQ(output.quantization->zero_point[0], -128);
  }
}

TEST(TrainTest, LearnsTheSameForTheSameSeed) {
  MotorOptions options;
  options.windows_per_state = 100;
  options.training.epochs = 3;
  std::vector<Progress> progress;
  const MotorModel first = TrainMotor(options, [&](const Progress& p) { progress.push_back(p); });
  ASSERT_EQ(progress.size(), 3u);
  EXPECT_LT(progress[2].loss, progress[0].loss);
  EXPECT_EQ(TrainMotor(options, {}).int8_file, first.int8_file);
  options.seed = 2;
  EXPECT_NE(TrainMotor(options, {}).int8_file, first.int8_file);
}

}  // namespace
}  // namespace tinyfog::train
