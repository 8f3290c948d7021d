// Real models and real data, end to end: the same input gives the right answer and the same bytes
// over MQTT and gRPC.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "direct_armnn.h"
#include "gateway.h"
#include "inference_client.h"
#include "mqtt_client.h"

namespace tinyfog::testing {
namespace {

constexpr const char* kModels[] = {"kws_int8", "kws_drq",   "ic_int8", "ic_float",
                                   "vww_int8", "vww_float", "ad_int8", "ad_float"};

std::vector<float> Floats(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::string Bytes(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

int Largest(const std::string& int8s) {
  const auto less = [](char a, char b) {
    return static_cast<signed char>(a) < static_cast<signed char>(b);
  };
  return static_cast<int>(std::max_element(int8s.begin(), int8s.end(), less) - int8s.begin());
}

/// Image `index` of the file, as the two vww models want it: each grey pixel three times, -1..1.
std::vector<float> Image(int index) {
  constexpr std::size_t kPixels = 96 * 96;
  const auto all = Floats(Contents(*SharedFolder() / "inputs" / "vww_sample.f32.bin"));
  std::vector<float> image;
  for (std::size_t i = 0; i < kPixels; ++i) {
    image.insert(image.end(), 3, all[static_cast<std::size_t>(index) * kPixels + i]);
  }
  return image;
}

/// 196 windows of 5 frames of 128 bins each, starting one frame after the other.
std::vector<std::vector<float>> SoundWindows() {
  constexpr std::size_t kBins = 128;
  constexpr std::size_t kFrames = 5;
  const auto all = Floats(Contents(*SharedFolder() / "inputs" / "ad_sample.f32.bin"));
  std::vector<std::vector<float>> windows;
  for (std::size_t at = 0; at + kFrames * kBins <= all.size(); at += kBins) {
    windows.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                         all.begin() + static_cast<std::ptrdiff_t>(at + kFrames * kBins));
  }
  return windows;
}

double MeanSquaredError(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

class RealModels : public ::testing::Test {
 protected:
  // Loading and warming up eight models takes seconds on the reference backend: once for all tests.
  static void SetUpTestSuite() {
    if (!SharedFolder()) return;
    gateway_ = new Gateway;
    for (const std::string model : kModels) {
      gateway_->AddModel(model, *SharedFolder() / "models" / (model + ".tflite"));
    }
    gateway_->Start();
  }
  static void TearDownTestSuite() {
    delete gateway_;
    gateway_ = nullptr;
  }
  void SetUp() override {
    TINYFOG_SKIP_WITHOUT_SHARED();
    client_ = std::make_unique<InferenceClient>(gateway_->grpc());
    mqtt_ = std::make_unique<MqttClient>(gateway_->mqtt());
  }

  /// The answer to raw bytes over MQTT, which must be that of gRPC.
  std::string Infer(const std::string& model, const std::string& bytes) {
    mqtt::Message request;
    request.topic = "tinyfog/v1/default/tester/up/infer/" + model;
    request.payload = bytes;
    request.qos = 1;
    const auto answer = mqtt_->Request(std::move(request));
    EXPECT_TRUE(answer.has_value()) << model;
    const std::string over_grpc = client_->Infer(model, bytes);
    EXPECT_TRUE(client_->status().ok()) << client_->status().error_message();
    if (!answer) return over_grpc;
    EXPECT_EQ(UserProperty(*answer, "reason"), "");
    EXPECT_EQ(answer->payload, over_grpc) << model;
    return answer->payload;
  }

  static Gateway* gateway_;
  std::unique_ptr<InferenceClient> client_;
  std::unique_ptr<MqttClient> mqtt_;
};
Gateway* RealModels::gateway_ = nullptr;

TEST_F(RealModels, AllAreReady) {
  for (const std::string model : kModels) EXPECT_TRUE(client_->Ready(model)) << model;
}

TEST_F(RealModels, StockToolsGetTheSpokenKeyword) {
  const std::string port = std::to_string(gateway_->mqtt_port());
  const std::string topic = "tinyfog/v1/default/stock/";
  Process listener({"stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", port, "-t",
                    topic + "down/infer/#", "-C", "1", "-N", "-d"});
  ASSERT_TRUE(
      Eventually([&] { return listener.Output().find("Subscribed") != std::string::npos; }));
  const auto published =
      RunCommand({"mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-t", topic + "up/infer/kws_int8",
                  "-f", (*SharedFolder() / "inputs" / "kws_sample.i8.bin").string()});
  ASSERT_EQ(published.code, 0) << published.errors;
  ASSERT_EQ(listener.Wait().value_or(-1), 0);
  const std::string output = listener.Output();
  // -d prints "... (12 bytes))" before the payload, which is the last 12 bytes but for the closing
  // line.
  ASSERT_NE(output.find("(12 bytes))\n"), std::string::npos) << output;
  const std::string payload = output.substr(output.find("(12 bytes))\n") + 12, 12);
  ASSERT_EQ(payload.size(), 12u);
  EXPECT_EQ(Largest(payload), 5);
}

TEST_F(RealModels, Keyword) {
  const std::string sample = Contents(*SharedFolder() / "inputs" / "kws_sample.i8.bin");
  std::string expected(12, '\x80');
  expected[5] = 127;
  EXPECT_EQ(Infer("kws_int8", sample), expected);

  // The dynamic-range model takes the same window as floats.
  std::vector<float> features;
  for (const char c : sample) features.push_back((static_cast<signed char>(c) - 83) * 0.584703f);
  const auto scores = Floats(Infer("kws_drq", Bytes(features)));
  ASSERT_EQ(scores.size(), 12u);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 5);
  EXPECT_GT(scores[5], 0.9f);
}

TEST_F(RealModels, TwoImages) {
  const std::string expected[] = {{-95, 95}, {116, -116}};  // as TensorFlow Lite answers
  for (int i = 0; i < 2; ++i) {
    const auto image = Image(i);
    std::string quantised;
    std::vector<float> unit;
    for (const float x : image) {
      const float level = std::round((x + 1) / 2 * 255);
      quantised.push_back(static_cast<char>(static_cast<int>(level) - 128));
      unit.push_back(level / 255);
    }
    EXPECT_EQ(Infer("vww_int8", quantised), expected[i]);
    const auto scores = Floats(Infer("vww_float", Bytes(unit)));
    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(scores[1] > scores[0], i == 0) << scores[0] << " " << scores[1];
  }
}

TEST_F(RealModels, ImagesOfTenClassesAnswerAlike) {
  std::string bytes(32 * 32 * 3, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37);
  EXPECT_EQ(Infer("ic_int8", bytes).size(), 10u);
  std::vector<float> pixels;
  for (const char c : bytes) pixels.push_back(static_cast<unsigned char>(c));
  EXPECT_EQ(Floats(Infer("ic_float", Bytes(pixels))).size(), 10u);
}

TEST_F(RealModels, TheMachinesSoundIsReconstructedAsWellAsByArmNnItself) {
  for (const std::string model : {"ad_float", "ad_int8"}) {
    DirectArmnn direct(*SharedFolder() / "models" / (model + ".tflite"));
    double ours = 0;
    double armnns = 0;
    const auto windows = SoundWindows();
    ASSERT_EQ(windows.size(), 196u);
    for (const auto& window : windows) {
      const std::string input = model == "ad_float" ? Bytes(window) : direct.Quantise(window);
      const std::string answer = Infer(model, input);
      const std::string reference = direct.Run(input);
      ASSERT_EQ(answer.size(), reference.size());
      ours += MeanSquaredError(window, direct.Dequantise(answer));
      armnns += MeanSquaredError(window, direct.Dequantise(reference));
    }
    // CpuRef rounds otherwise, by a step here and there.
    EXPECT_NEAR(ours, armnns, 1e-3 * armnns) << model;
    EXPECT_GT(ours, 0);
  }
}

TEST_F(RealModels, BatchedAnswersAreTheBytesOfSingleOnes) {
  for (const std::string model : {"ad_int8", "ad_float", "kws_int8"}) {
    const std::size_t size = model == "kws_int8" ? 490 : model == "ad_int8" ? 640 : 2560;
    std::string rows;
    std::string singles;
    std::uint32_t x = 1;
    for (int row = 0; row < 4; ++row) {
      std::string one(size, '\0');
      for (char& c : one) {
        x = x * 1664525 + 1013904223;
        c = static_cast<char>(x >> 24);
      }
      if (model == "ad_float") {
        std::vector<float> values(size / 4);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = one[4 * i] / 16.0f;
        one = Bytes(values);
      }
      rows += one;
      singles += client_->Infer(model, one);
    }
    EXPECT_EQ(client_->Infer(model, rows, 4), singles) << client_->status().error_message();
  }
}

}  // namespace
}  // namespace tinyfog::testing
