#pragma once

#include <cstdint>
#include <functional>

#include "tinyfog/train/quantizer.h"
#include "tinyfog/train/trainer.h"

/// The demo model: motor states from windows of vibration. docs/demo-model.md describes it.
namespace tinyfog::train {

NetworkSpec MotorNetwork();

/// `per_state` windows of each state, alternating. The same bits for the same seed everywhere.
Dataset MotorData(std::uint64_t seed, std::size_t per_state);

struct MotorOptions {
  std::uint64_t seed = 1;
  std::size_t windows_per_state = 2000;
  TrainOptions training;
};

struct MotorModel {
  std::vector<std::uint8_t> float_file, int8_file;  ///< .tflite
  Confusion float_confusion, int8_confusion;        ///< on windows that training did not see
};

/// Trains, quantises and exports. Deterministic for a seed on one kind of processor.
MotorModel TrainMotor(const MotorOptions& options,
                      const std::function<void(const Progress&)>& progress);

}  // namespace tinyfog::train
