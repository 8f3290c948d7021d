#pragma once

#include "model_view.h"

namespace tinyfog::ctl {

/// A batched classifier "kws" as the gateway describes it: input "in" INT8 [-1,2,2], output "out"
/// INT8 [-1,3] with scale 1/256, zero point -128 and three labels.
inline ModelView ModelForTest(int max_batch = 4) {
  ::inference::ModelMetadataResponse metadata;
  metadata.set_name("kws");
  metadata.add_versions("2");
  metadata.set_platform("armnn_tflite");
  auto& in = *metadata.add_inputs();
  in.set_name("in");
  in.set_datatype("INT8");
  for (const std::int64_t d : {-1, 2, 2}) in.add_shape(d);
  auto& out = *metadata.add_outputs();
  out.set_name("out");
  out.set_datatype("INT8");
  for (const std::int64_t d : {-1, 3}) out.add_shape(d);
  ::inference::ModelConfig config;
  config.set_max_batch_size(max_batch);
  config.mutable_dynamic_batching()->set_max_queue_delay_microseconds(500);
  auto& parameters = *config.mutable_parameters();
  parameters["labels"].set_string_value("yes\nno\nüber\n");
  parameters["quantization.out"].set_string_value("0.00390625,-128");
  parameters["placement"].set_string_value("conv=CpuAcc\nsoftmax=CpuRef\nfc=CpuAcc\n");
  parameters["layers"].set_string_value(
      "conv\tCpuAcc\tconv2d_int8\t0.754\nsoftmax\tCpuRef\t\t\nfc\tCpuAcc\tfc_int8\t0.246\n");
  parameters["execution"].set_string_value("Arm NN");
  parameters["checks"].set_string_value("one\ntwo\n");
  parameters["quarantined"].set_string_value("CpuTiny: wrong\n");
  parameters["file_bytes"].set_string_value("54321");
  return MakeModelView(metadata, config);
}

}  // namespace tinyfog::ctl
