#include "tinyfog/mqtt_gateway/payload.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "tinyfog/v1/infer.pb.h"

namespace tinyfog::mqtt_gateway {
namespace {

using inference::DataType;
using inference::Tensor;

std::string JsonRequest(const std::string& type, const std::string& shape,
                        const std::string& data) {
  return R"({"inputs":[{"name":"x","datatype":")" + type + R"(","shape":)" + shape + R"(,"data":)" +
         data + "}]}";
}

Status JsonStatus(const std::string& text) {
  const auto body = DecodeJson(text);
  return body.ok() ? Status::kOk : body.error().code;
}

TEST(EncodingTest, ContentTypeThenSuffixThenRaw) {
  EXPECT_EQ(ChooseEncoding("", std::nullopt).value(), Encoding::kRaw);
  EXPECT_EQ(ChooseEncoding("", Encoding::kJson).value(), Encoding::kJson);
  EXPECT_EQ(ChooseEncoding("application/x-protobuf", std::nullopt).value(), Encoding::kProtobuf);
  EXPECT_EQ(ChooseEncoding("application/json; charset=utf-8", std::nullopt).value(),
            Encoding::kJson);
  EXPECT_FALSE(ChooseEncoding("text/plain", std::nullopt).ok());
  EXPECT_FALSE(ChooseEncoding("application/json", Encoding::kProtobuf).ok());
}

TEST(RawTest, BytesPassUnchanged) {
  const auto body = DecodeRequest(Encoding::kRaw, std::string_view("\0\xff", 2)).value();
  ASSERT_EQ(body.inputs.size(), 1u);
  EXPECT_TRUE(body.inputs[0].shape.empty());
  EXPECT_EQ(body.inputs[0].bytes, (std::vector<std::uint8_t>{0, 255}));
  const AnswerBody answer{"", "m", 1, std::vector<Tensor>{body.inputs[0], body.inputs[0]}};
  EXPECT_EQ(EncodeAnswer(Encoding::kRaw, answer), std::string("\0\xff\0\xff", 4));
}

TEST(JsonTest, ReadsEveryField) {
  const auto body = DecodeJson(R"({"id":"7","parameters":{"timeout":1500,"priority":1},
      "inputs":[{"name":"a","datatype":"INT8","shape":[1,2,2],"data":[[-128,0],[1,127]]},
                {"name":"b","datatype":"FP32","shape":[2],"data":[1,-2.5]}],
      "outputs":[{"name":"y"}]})")
                        .value();
  EXPECT_EQ(body.id, "7");
  EXPECT_EQ(body.timeout, std::chrono::microseconds(1500));
  EXPECT_EQ(body.priority, 1u);
  ASSERT_EQ(body.inputs.size(), 2u);
  EXPECT_EQ(body.inputs[0].shape, (std::vector<std::int64_t>{1, 2, 2}));
  EXPECT_EQ(body.inputs[0].bytes, (std::vector<std::uint8_t>{0x80, 0, 1, 0x7f}));
  float second = 0;
  std::memcpy(&second, body.inputs[1].bytes.data() + 4, 4);
  EXPECT_EQ(second, -2.5f);
  EXPECT_EQ(body.outputs, std::vector<std::string>{"y"});
}

TEST(JsonTest, ChecksRanges) {
  const auto one = [](const char* type, const char* value) {
    return JsonStatus(JsonRequest(type, "[1]", std::string("[") + value + "]"));
  };
  EXPECT_EQ(one("INT8", "127"), Status::kOk);
  EXPECT_EQ(one("INT8", "128"), Status::kInvalidArgument);
  EXPECT_EQ(one("INT8", "-129"), Status::kInvalidArgument);
  EXPECT_EQ(one("INT8", "1.5"), Status::kInvalidArgument);
  EXPECT_EQ(one("INT8", "null"), Status::kInvalidArgument);
  EXPECT_EQ(one("UINT8", "-1"), Status::kInvalidArgument);
  EXPECT_EQ(one("UINT64", "18446744073709551615"), Status::kOk);
  EXPECT_EQ(one("INT64", "9223372036854775808"), Status::kInvalidArgument);
  EXPECT_EQ(one("INT64", "-9223372036854775808"), Status::kOk);
  EXPECT_EQ(one("FP32", "1e39"), Status::kInvalidArgument);
  EXPECT_EQ(one("FP32", "NaN"), Status::kInvalidArgument);
  EXPECT_EQ(one("FP64", "1e999"), Status::kInvalidArgument);
  EXPECT_EQ(one("BOOL", "true"), Status::kOk);
  EXPECT_EQ(one("BOOL", "2"), Status::kInvalidArgument);
  EXPECT_EQ(one("FP16", "1"), Status::kInvalidArgument);
  EXPECT_EQ(one("BYTES", "\"x\""), Status::kInvalidArgument);
}

TEST(JsonTest, RefusesMalformedObjects) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string("null"),
        std::string(R"({"inputs":[]})"), std::string(R"({"inputs":{}})"),
        std::string(R"({"inputs":[1]})"), std::string(R"({"id":1,"inputs":[]})"),
        JsonRequest("INT8", "[2]", "[1]"), JsonRequest("INT8", "[-1]", "[1]"),
        JsonRequest("INT8", "[1.5]", "[1]"), JsonRequest("INT8", "[2147483647,2147483647]", "[1]"),
        JsonRequest("INT8", "[1]", "1"), JsonRequest("INT8", "[1]", "[{}]"),
        std::string("{\"id\":\"\xff\"}"), std::string(100'000, '['),
        R"({"id":")" + std::string(257, 'x') + "\"}"}) {
    EXPECT_EQ(JsonStatus(text), Status::kInvalidArgument) << text.substr(0, 80);
  }
  EXPECT_NE(DecodeJson("{\"a\" 1}").error().message.find("byte 6"), std::string::npos);
}

TEST(JsonTest, WritesAnswersAndErrors) {
  Tensor y{"y", DataType::kInt8, {1, 2}, {0xff, 5}};
  Tensor f{"f", DataType::kFp32, {1}, {0, 0, 0xc0, 0x7f}};
  AnswerBody answer{"i", "m", 3, std::vector<Tensor>{y, f}};
  const auto json = nlohmann::json::parse(EncodeJson(answer));
  EXPECT_EQ(json["model_name"], "m");
  EXPECT_EQ(json["model_version"], "3");
  EXPECT_EQ(json["id"], "i");
  EXPECT_EQ(json["outputs"][0]["data"], nlohmann::json({-1, 5}));
  EXPECT_EQ(json["outputs"][0]["datatype"], "INT8");
  EXPECT_TRUE(json["outputs"][1]["data"][0].is_null());
  answer.outputs = InvalidArgument("bad \xff bytes");
  const auto error = nlohmann::json::parse(EncodeJson(answer));
  EXPECT_EQ(error["code"], 3);
  EXPECT_EQ(error["status"], "INVALID_ARGUMENT");
  EXPECT_TRUE(error.contains("error"));
  EXPECT_EQ(nlohmann::json::parse(ErrorObject("m", NotFound("no")))["reason"], "no");
}

TEST(ProtobufTest, RoundTrip) {
  v1::InferRequest request;
  request.set_id("9");
  request.set_model_version(2);
  request.set_timeout_ms(5);
  auto& input = *request.add_inputs();
  input.set_name("x");
  input.set_datatype("INT8");
  input.add_shape(1);
  input.set_data("\x05");
  const auto body = DecodeProtobuf(request.SerializeAsString()).value();
  EXPECT_EQ(body.version, 2);
  EXPECT_EQ(body.timeout, std::chrono::milliseconds(5));
  EXPECT_EQ(body.inputs[0].bytes, std::vector<std::uint8_t>{5});
  v1::InferResponse response;
  ASSERT_TRUE(response.ParseFromString(EncodeProtobuf({"9", "m", 2, body.inputs})));
  EXPECT_EQ(response.code(), 0);
  EXPECT_EQ(response.outputs(0).data(), "\x05");
  ASSERT_TRUE(response.ParseFromString(EncodeProtobuf({"9", "m", 2, NotFound("gone")})));
  EXPECT_EQ(response.code(), 5);
  EXPECT_EQ(response.reason(), "gone");
}

TEST(ProtobufTest, RefusesWhatItCannotServe) {
  EXPECT_EQ(DecodeProtobuf("\xff\xff").error().code, Status::kInvalidArgument);
  v1::InferRequest request;
  request.set_first_step(3);
  EXPECT_EQ(DecodeProtobuf(request.SerializeAsString()).error().code, Status::kUnimplemented);
  request.Clear();
  request.add_inputs()->set_datatype("INT8");
  EXPECT_EQ(DecodeProtobuf(request.SerializeAsString()).error().code, Status::kInvalidArgument);
  request.Clear();
  request.set_model_version(-1);
  EXPECT_EQ(DecodeProtobuf(request.SerializeAsString()).error().code, Status::kInvalidArgument);
}

}  // namespace
}  // namespace tinyfog::mqtt_gateway
