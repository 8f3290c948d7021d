#pragma once

#include <string>

#include "tinyfog/train/motor.h"

namespace tinyfog::train {

/// A confusion table for people: a row per true state.
std::string ConfusionText(const Confusion& confusion);
/// Sizes, accuracies and confusions for people.
std::string ReportText(const MotorModel& model);
/// One JSON object: seed, epochs, windows_per_state, macs, labels, and for "float" and "int8"
/// {bytes, accuracy, confusion[truth][answer]}.
std::string ReportJson(const MotorOptions& options, const MotorModel& model);

}  // namespace tinyfog::train
