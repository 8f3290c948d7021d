#include "tinyfog/train/motor.h"

#include "tinyfog/demo/vibration.h"
#include "tinyfog/train/export.h"

namespace tinyfog::train {
namespace {

constexpr int kBatch = 50;
constexpr std::size_t kHeldOutPerState = 1000;
constexpr std::size_t kCalibrationPerState = 100;
constexpr double kCoverage = 0.9998;
// Seeds of the parts, so far from the user's that no two meet.
constexpr std::uint64_t kHeldOut = 0x5eed'0000'0000'0001, kWeights = 0x5eed'0000'0000'0002;

}  // namespace

NetworkSpec MotorNetwork() {
  using Kind = LayerSpec::Kind;
  return {{static_cast<int>(demo::kWindowSamples), static_cast<int>(demo::kAxes)},
          {{Kind::kConvolution, "conv1", 8, 7, 2, true},
           {Kind::kConvolution, "conv2", 16, 5, 2, true},
           {Kind::kConvolution, "conv3", 24, 5, 2, true},
           {Kind::kConvolution, "conv4", 32, 3, 1, true},
           {Kind::kGlobalAveragePool, "pool"},
           {Kind::kDense, "logits", static_cast<int>(demo::kMotorStates)}}};
}

Dataset MotorData(std::uint64_t seed, std::size_t per_state) {
  demo::Random random(seed);
  Dataset data{demo::kWindowSamples * demo::kAxes, {}, {}};
  for (std::size_t i = 0; i < per_state * demo::kMotorStates; ++i) {
    const auto state = static_cast<demo::MotorState>(i % demo::kMotorStates);
    const demo::Window window = demo::Generate(state, random);
    data.samples.insert(data.samples.end(), window.begin(), window.end());
    data.labels.push_back(static_cast<std::uint8_t>(state));
  }
  return data;
}

MotorModel TrainMotor(const MotorOptions& options,
                      const std::function<void(const Progress&)>& progress) {
  const Dataset data = MotorData(options.seed, options.windows_per_state);
  demo::Random random(options.seed ^ kWeights);
  Network network(MotorNetwork(), kBatch, random);
  Train(network, data, options.training, random, progress);

  Dataset calibration = data;
  const std::size_t used = std::min(data.size(), kCalibrationPerState * demo::kMotorStates);
  calibration.labels.resize(used);
  calibration.samples.resize(used * data.sample_size);
  const QuantizedNetwork quantized = Quantize(network, calibration, kCoverage);

  const Dataset held_out = MotorData(options.seed ^ kHeldOut, kHeldOutPerState);
  MotorModel model;
  model.float_file = ExportFloat(network);
  model.int8_file = ExportInt8(network.spec(), quantized);
  model.float_confusion = Confuse(held_out, Classify(network, held_out), demo::kMotorStates);
  model.int8_confusion =
      Confuse(held_out, ClassifyQuantized(network.spec(), quantized, held_out), demo::kMotorStates);
  return model;
}

}  // namespace tinyfog::train
