#include "infer_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "classification.h"
#include "fake_server.h"

namespace tinyfog::rpc {
namespace {

using inference::DataType;
using inference::Tensor;
using testing::ElementsAre;

/// The texts of a serialised BYTES tensor.
std::vector<std::string> Texts(const std::string& bytes) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + 4 <= bytes.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes.data() + at, 4);
    texts.push_back(bytes.substr(at + 4, length));
    at += 4 + length;
  }
  return texts;
}

Tensor Floats(std::vector<float> values) {
  Tensor tensor{"y", DataType::kFp32, {1, static_cast<std::int64_t>(values.size())}, {}};
  tensor.bytes.resize(values.size() * 4);
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

TEST(Classification, OrdersPerRow) {
  const Tensor tensor{"y", DataType::kInt8, {2, 3}, {1, 0xff, 5, 9, 9, 2}};
  const auto result = Classify(tensor, 2, true, {"a", "b"});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->shape, ElementsAre(2, 2));
  EXPECT_THAT(Texts(result->bytes), ElementsAre("5:2", "1:0:a", "9:0:a", "9:1:b"));
}

TEST(Classification, WithoutBatchAndMoreThanThereAre) {
  const auto result = Classify(Floats({0.25f, 0.75f}), 10, false, {});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->shape, ElementsAre(2));
  EXPECT_THAT(Texts(result->bytes), ElementsAre("0.750000:1", "0.250000:0"));
}

TEST(Classification, NanIsLast) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto result = Classify(Floats({nan, 1, nan, 2}), 4, true, {});
  ASSERT_TRUE(result.ok());
  const auto texts = Texts(result->bytes);
  EXPECT_EQ(texts[0], "2.000000:3");
  EXPECT_EQ(texts[1], "1.000000:1");
}

TEST(Classification, RefusesWhatHasNoOrder) {
  EXPECT_FALSE(Classify({"y", DataType::kBool, {1, 1}, {1}}, 1, true, {}).ok());
  EXPECT_FALSE(Classify({"y", DataType::kInt8, {1, 0}, {}}, 1, true, {}).ok());
  EXPECT_FALSE(Classify({"y", DataType::kInt8, {0, 4}, {}}, 1, true, {}).ok());
}

TEST(InferResponse, WritesRawOutputs) {
  const FakeServer server;
  const inference::Response response{
      std::vector<Tensor>{{"y", DataType::kUint8, {1, 2}, {7, 8}}}, "m", 4, {}};
  ::inference::ModelInferResponse message;
  ASSERT_TRUE(WriteInferResponse("id", response, {}, server, message).ok());
  EXPECT_EQ(message.model_name(), "m");
  EXPECT_EQ(message.model_version(), "4");
  EXPECT_EQ(message.id(), "id");
  ASSERT_EQ(message.outputs_size(), 1);
  EXPECT_EQ(message.outputs(0).datatype(), "UINT8");
  EXPECT_THAT(message.outputs(0).shape(), ElementsAre(1, 2));
  EXPECT_EQ(message.raw_output_contents(0), "\x07\x08");
}

TEST(InferResponse, WritesClassesWithTheModelsLabels) {
  const FakeServer server;
  const inference::Response response{
      std::vector<Tensor>{{"out", DataType::kInt8, {1, 4}, {1, 2, 3, 4}}}, "echo", 3, {}};
  ::inference::ModelInferResponse message;
  ASSERT_TRUE(WriteInferResponse("", response, {2}, server, message).ok());
  EXPECT_EQ(message.outputs(0).datatype(), "BYTES");
  EXPECT_THAT(message.outputs(0).shape(), ElementsAre(1, 2));
  EXPECT_THAT(Texts(message.raw_output_contents(0)), ElementsAre("4:3", "3:2:c"));
}

}  // namespace
}  // namespace tinyfog::rpc
