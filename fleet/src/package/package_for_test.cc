#include "package_for_test.h"

#include "tinyfog/compile/compile.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::package {

std::vector<std::uint8_t> CompiledMotor(nn::Target target) {
  const auto file = ReadFile(TINYFOG_SOURCE_DIR "/fleet/demo/models/motor/1/model.tflite");
  const auto model = tflite::Parse(file.value()).value();
  const auto graph = graph::FromTflite(*model).value();
  compile::Options options;
  options.target = target;
  return compile::Compile(graph, options).value().tfm;
}

}  // namespace tinyfog::package
