#include "model_view.h"

#include <gtest/gtest.h>

#include "commands.h"
#include "model_for_test.h"

namespace tinyfog::ctl {
namespace {

::inference::ModelStatisticsResponse Statistics() {
  ::inference::ModelStatisticsResponse stats;
  auto& model = *stats.add_model_stats();
  model.set_version("2");
  model.set_inference_count(1234);
  model.set_execution_count(400);
  model.mutable_inference_stats()->mutable_success()->set_count(10);
  model.mutable_inference_stats()->mutable_success()->set_ns(15'000'000);
  return stats;
}

TEST(ModelView, TableShowsWhatTheGatewayTells) {
  EXPECT_EQ(RenderModel(ModelForTest(), Statistics(), {}),
            "model:        kws\n"
            "versions:     2 (policy: latest 1)\n"
            "platform:     armnn_tflite\n"
            "batching:     up to 4, waits 500 µs\n"
            "instances:    0\n"
            "queue:        0 requests, time-out none\n"
            "priorities:   0, default 0\n"
            "labels:       yes, no, über\n"
            "placement:    CpuAcc: 2 layers, CpuRef: 1 layer\n"
            "execution:    Arm NN\n"
            "checked:      one\n"
            "checked:      two\n"
            "quarantined:  CpuTiny: wrong\n"
            "file:         53 KiB\n"
            "\n"
            "TENSOR  NAME  TYPE  SHAPE      BYTES       SCALE  ZERO POINT\n"
            "input   in    INT8  [?, 2, 2]      4           –           –\n"
            "output  out   INT8  [?, 3]         3  0.00390625        -128\n"
            "\n"
            "LAYER    BACKEND  KERNEL         TIME\n"
            "conv     CpuAcc   conv2d_int8  75.4 %\n"
            "softmax  CpuRef   –                 –\n"
            "fc       CpuAcc   fc_int8      24.6 %\n"
            "\n"
            "VERSION  INFERENCES  BATCHES  OK  FAILED  MEAN TOTAL  QUEUE  COMPUTE\n"
            "      2       1,234      400  10       0     1.50 ms      –        –\n");
}

TEST(ModelView, JsonHasExactNumbersUnderStableKeys) {
  term::JsonWriter json;
  WriteModel(ModelForTest(), Statistics(), json);
  for (const char* part :
       {R"("name":"kws","versions":["2"])", R"("max_batch":4)", R"("labels":["yes","no","über"])",
        R"("shape":[-1,2,2],"bytes":4,"quantization":null)",
        R"("quantization":{"scale":0.00390625,"zero_point":-128})",
        R"("success":{"count":10,"ns":15000000})", R"("file_bytes":"54321")"}) {
    EXPECT_NE(json.text().find(part), std::string::npos) << part << "\n" << json.text();
  }
}

TEST(CloseNames, FindsSlipsAndParts) {
  const std::set<std::string> all{"motor", "kws", "kws_float", "vibration"};
  EXPECT_EQ(CloseNames("mtoor", all), (std::vector<std::string>{"motor"}));
  EXPECT_EQ(CloseNames("kw", all), (std::vector<std::string>{"kws", "kws_float"}));
  EXPECT_TRUE(CloseNames("ad", all).empty());
}

}  // namespace
}  // namespace tinyfog::ctl
