#include "infer_request.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tensor_contents.h"

namespace tinyfog::rpc {
namespace {

using inference::DataType;
using Bytes = std::vector<std::uint8_t>;
using Contents = ::inference::InferTensorContents;

const inference::SteadyTime kNow = std::chrono::steady_clock::now();

Status CodeOf(const ::inference::ModelInferRequest& message) {
  const auto spec = ReadInferRequest(message, kNow);
  return spec.ok() ? Status::kOk : spec.error().code;
}

::inference::ModelInferRequest RawRequest() {
  ::inference::ModelInferRequest message;
  message.set_model_name("m");
  auto& input = *message.add_inputs();
  input.set_name("x");
  input.set_datatype("UINT8");
  input.add_shape(1);
  input.add_shape(3);
  message.add_raw_input_contents("abc");
  return message;
}

TEST(TensorContents, PacksEveryType) {
  Contents c;
  c.add_int_contents(-128);
  c.add_int_contents(127);
  EXPECT_EQ(*PackContents(c, DataType::kInt8), (Bytes{0x80, 0x7f}));
  EXPECT_EQ(*PackContents(c, DataType::kInt16), (Bytes{0x80, 0xff, 0x7f, 0}));
  EXPECT_EQ(PackContents(c, DataType::kInt32)->size(), 8u);
  Contents u;
  u.add_uint_contents(255);
  EXPECT_EQ(*PackContents(u, DataType::kUint8), (Bytes{255}));
  EXPECT_EQ(*PackContents(u, DataType::kUint16), (Bytes{255, 0}));
  EXPECT_EQ(*PackContents(u, DataType::kUint32), (Bytes{255, 0, 0, 0}));
  Contents i64;
  i64.add_int64_contents(-1);
  EXPECT_EQ(*PackContents(i64, DataType::kInt64), Bytes(8, 0xff));
  Contents u64;
  u64.add_uint64_contents(1);
  EXPECT_EQ(*PackContents(u64, DataType::kUint64), (Bytes{1, 0, 0, 0, 0, 0, 0, 0}));
  Contents f;
  f.add_fp32_contents(1.0f);
  EXPECT_EQ(*PackContents(f, DataType::kFp32), (Bytes{0, 0, 0x80, 0x3f}));
  Contents d;
  d.add_fp64_contents(1.0);
  EXPECT_EQ(*PackContents(d, DataType::kFp64), (Bytes{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}));
  Contents b;
  b.add_bool_contents(true);
  b.add_bool_contents(false);
  EXPECT_EQ(*PackContents(b, DataType::kBool), (Bytes{1, 0}));
}

TEST(TensorContents, RefusesWhatDoesNotFit) {
  for (const int value : {-129, 128}) {
    Contents c;
    c.add_int_contents(0);
    c.add_int_contents(value);
    const auto packed = PackContents(c, DataType::kInt8);
    ASSERT_FALSE(packed.ok());
    EXPECT_EQ(packed.error().code, Status::kInvalidArgument);
    EXPECT_NE(packed.error().message.find("element 1 is " + std::to_string(value)),
              std::string::npos);
  }
  Contents u;
  u.add_uint_contents(65536);
  EXPECT_FALSE(PackContents(u, DataType::kUint16).ok());
  EXPECT_TRUE(PackContents(u, DataType::kUint32).ok());
}

TEST(TensorContents, RefusesTheWrongField) {
  Contents c;
  c.add_fp32_contents(1);
  EXPECT_FALSE(PackContents(c, DataType::kInt8).ok());
  c.add_int_contents(1);
  EXPECT_FALSE(PackContents(c, DataType::kFp32).ok());
  EXPECT_FALSE(PackContents(Contents(), DataType::kFp16).ok());
  Contents text;
  text.add_bytes_contents("x");
  EXPECT_FALSE(PackContents(text, DataType::kUint8).ok());
}

TEST(InferRequest, ReadsRawInput) {
  auto message = RawRequest();
  message.set_model_version("12");
  message.add_outputs()->set_name("y");
  const auto spec = ReadInferRequest(message, kNow);
  ASSERT_TRUE(spec.ok()) << spec.error().message;
  const inference::Request& request = spec->request;
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.version, 12);
  ASSERT_EQ(request.inputs.size(), 1u);
  EXPECT_EQ(request.inputs[0].name, "x");
  EXPECT_EQ(request.inputs[0].type, DataType::kUint8);
  EXPECT_EQ(request.inputs[0].shape, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(request.inputs[0].bytes, (Bytes{'a', 'b', 'c'}));
  EXPECT_EQ(request.outputs, std::vector<std::string>{"y"});
  EXPECT_TRUE(spec->classes.empty());
  EXPECT_FALSE(request.deadline);
}

TEST(InferRequest, ReadsTypedInput) {
  auto message = RawRequest();
  message.clear_raw_input_contents();
  for (const int v : {1, 2, 3}) {
    message.mutable_inputs(0)->mutable_contents()->add_uint_contents(static_cast<std::uint32_t>(v));
  }
  const auto spec = ReadInferRequest(message, kNow);
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->request.inputs[0].bytes, (Bytes{1, 2, 3}));
}

TEST(InferRequest, ReadsParameters) {
  auto message = RawRequest();
  (*message.mutable_parameters())["priority"].set_uint64_param(2);
  (*message.mutable_parameters())["timeout"].set_int64_param(1500);
  (*message.mutable_parameters())["sequence_id"].set_int64_param(0);
  (*message.mutable_parameters())["unknown"].set_string_param("ignored");
  const auto spec = ReadInferRequest(message, kNow);
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->request.priority, 2u);
  EXPECT_EQ(spec->request.deadline, kNow + std::chrono::microseconds(1500));
}

TEST(InferRequest, ReadsClassification) {
  auto message = RawRequest();
  message.add_outputs()->set_name("y");
  message.add_outputs()->set_name("z");
  message.add_outputs()->set_name("w");
  (*message.mutable_outputs(1)->mutable_parameters())["classification"].set_int64_param(3);
  const auto spec = ReadInferRequest(message, kNow);
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->classes, (std::vector<std::uint32_t>{0, 3, 0}));
}

TEST(InferRequest, RefusesBadRequests) {
  EXPECT_EQ(CodeOf(RawRequest()), Status::kOk);
  auto message = RawRequest();
  message.mutable_inputs(0)->set_datatype("BYTES");
  EXPECT_EQ(CodeOf(message), Status::kInvalidArgument);
  message = RawRequest();
  message.add_raw_input_contents("more");
  EXPECT_EQ(CodeOf(message), Status::kInvalidArgument);
  message = RawRequest();
  message.mutable_inputs(0)->mutable_contents()->add_uint_contents(1);
  EXPECT_EQ(CodeOf(message), Status::kInvalidArgument);
  for (const char* version : {"-1", "0", "1.0", "x", "99999999999999999999", " 1"}) {
    message = RawRequest();
    message.set_model_version(version);
    EXPECT_EQ(CodeOf(message), Status::kInvalidArgument) << version;
  }
  message = RawRequest();
  (*message.mutable_parameters())["sequence_id"].set_string_param("s");
  EXPECT_EQ(CodeOf(message), Status::kInvalidArgument);
  message = RawRequest();
  (*message.mutable_parameters())["timeout"].set_int64_param(-1);
  EXPECT_EQ(CodeOf(message), Status::kInvalidArgument);
  message = RawRequest();
  (*message.mutable_parameters())["priority"].set_string_param("high");
  EXPECT_EQ(CodeOf(message), Status::kInvalidArgument);
  message = RawRequest();
  (*message.mutable_inputs(0)->mutable_parameters())["shared_memory_region"].set_string_param("r");
  EXPECT_EQ(CodeOf(message), Status::kUnimplemented);
}

}  // namespace
}  // namespace tinyfog::rpc
