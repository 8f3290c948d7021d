#include "tinyfog/tflite/model.h"

#include <flatbuffers/idl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "test_model.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

std::filesystem::path Shared() {
  const char* folder = std::getenv("TINYFOG_SHARED");
  return folder ? folder : std::filesystem::path(TINYFOG_SOURCE_DIR) / ".." / "shared";
}

std::vector<std::filesystem::path> SharedModels() {
  std::set<std::filesystem::path> files;  // in a fixed order
  for (const char* folder : {"models", "opsuite/models"}) {
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(Shared() / folder, missing)) {
      if (entry.path().extension() == ".tflite") files.insert(entry.path());
    }
  }
  return {files.begin(), files.end()};
}

/// Prints files as JSON by the schema's text, independently of the generated code's Pack and
/// UnPack. Empty vectors and texts are left out: they mean the same as absent ones.
class Printer {
 public:
  Printer() {
    const auto schema = ReadFile(TINYFOG_SOURCE_DIR "/fleet/src/tflite/schema.fbs").value();
    EXPECT_TRUE(parser_.Parse(std::string(schema.begin(), schema.end()).c_str())) << parser_.error_;
    parser_.opts.indent_step = -1;
    parser_.opts.output_default_scalars_in_json = true;
  }
  std::string Json(const std::vector<std::uint8_t>& file) {
    std::string text;
    EXPECT_TRUE(flatbuffers::GenerateText(parser_, file.data(), &text));
    return WithoutEmpty(WithoutEmpty(std::move(text), ": []"), ": \"\"");
  }

 private:
  /// Without the members whose values are `empty`.
  static std::string WithoutEmpty(std::string text, const std::string& empty) {
    for (auto at = text.find(empty); at != std::string::npos; at = text.find(empty, at)) {
      const auto start = text.find_last_of("{,", at);
      const bool first = text[start] == '{';
      const auto end = at + empty.size();
      const auto from = first ? start + 1 : start;
      text.erase(from, end - from + (first && text[end] == ',' ? 1 : 0));
      at = from;
    }
    return text;
  }

  flatbuffers::Parser parser_;
};

void ExpectSameText(const std::string& a, const std::string& b) {
  const auto [at, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end() && in_b == b.end()) return;
  const std::size_t start = static_cast<std::size_t>(std::max(at - a.begin() - 200, 0l));
  FAIL() << a.substr(start, 300) << "\n" << b.substr(start, 300);
}

TEST(ModelTest, ReadsBackWhatItWrote) {
  const auto model = SmallConvolution();
  const auto file = Serialize(*model);
  EXPECT_EQ(file, Serialize(*model));
  const auto read = Parse(file);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(Serialize(**read), file);
  const SubGraphT& graph = *(*read)->subgraphs[0];
  EXPECT_EQ(OperatorText(**read, graph, 0), "operator 0 (CONV_2D)");
  EXPECT_EQ(TensorText(graph, 1), "tensor 1 'weights' (INT8 [2,1,3,1])");
  EXPECT_EQ(TensorText(graph, 9), "tensor 9");
  EXPECT_EQ(ByteSize(*graph.tensors[2]), 8u);
  EXPECT_EQ(ConstantBytes(**read, *graph.tensors[1]).size(), 6u);
  EXPECT_TRUE(ConstantBytes(**read, *graph.tensors[0]).empty());
}

TEST(ModelTest, ReadsFromAnyAddress) {
  auto file = Serialize(*SmallConvolution());
  file.insert(file.begin(), 1, 0);
  EXPECT_TRUE(Parse(std::span(file).subspan(1)).ok());
}

TEST(ModelTest, JoinsTheTwoOperatorCodeFields) {
  auto model = SmallConvolution();
  const OperatorT& op = *model->subgraphs[0]->operators[0];
  OperatorCodeT& code = *model->operator_codes[0];
  code.builtin_code = BuiltinOperator::ADD;  // an old file: 0
  code.deprecated_builtin_code = 3;
  EXPECT_EQ(OperatorOf(*model, op), BuiltinOperator::CONV_2D);
  code.builtin_code = BuiltinOperator::GELU;
  code.deprecated_builtin_code = 127;
  EXPECT_EQ(OperatorOf(*model, op), BuiltinOperator::GELU);
  code.builtin_code = BuiltinOperator::CUSTOM;
  code.deprecated_builtin_code = 32;
  code.custom_code = "Mine";
  EXPECT_EQ(OperatorName(*model, op), "Mine");
}

TEST(ModelTest, FourBitElementsArePackedInPairs) {
  TensorT tensor;
  tensor.type = TensorType::INT4;
  tensor.shape = {3, 3};
  EXPECT_EQ(ElementCount(tensor), 9u);
  EXPECT_EQ(ByteSize(tensor), 5u);
  tensor.shape = {};
  EXPECT_EQ(ElementCount(tensor), 1u);
}

TEST(ModelTest, RefusesWhatIsNoModel) {
  EXPECT_EQ(Parse({}).error().code, Status::kInvalidArgument);
  const std::vector<std::uint8_t> text(100, 'x');
  EXPECT_NE(Parse(text).error().message.find("TFL3"), std::string::npos);
  const auto file = Serialize(*SmallConvolution());
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::vector<std::uint8_t> cut(file.begin(), file.begin() + static_cast<long>(size));
    (void)Parse(cut);  // ASan: no read behind the end
    if (size < file.size() / 2) {
      EXPECT_FALSE(Parse(cut).ok()) << size;
    }
  }
}

TEST(ModelTest, RefusesFilesThatUnpackIntoManyTimesTheirSize) {
  flatbuffers::FlatBufferBuilder builder;
  const std::vector<std::uint8_t> megabyte(1 << 20);
  const auto buffer = CreateBuffer(builder, builder.CreateVector(megabyte));
  const std::vector<flatbuffers::Offset<Buffer>> buffers(10'000, buffer);
  const auto all = builder.CreateVector(buffers);
  ModelBuilder file(builder);
  file.add_version(3);
  file.add_buffers(all);
  FinishModelBuffer(builder, file.Finish());
  const auto parsed = Parse({builder.GetBufferPointer(), builder.GetSize()});
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.error().message.find("again and again"), std::string::npos);
}

TEST(ModelTest, KeepsEveryFieldOfForeignFiles) {
  const auto files = SharedModels();
  if (files.empty()) GTEST_SKIP() << "no models in " << Shared() << ": set TINYFOG_SHARED";
  Printer printer;
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    const auto bytes = ReadFile(path).value();
    const auto model = Parse(bytes);
    ASSERT_TRUE(model.ok()) << model.error().message;
    const auto written = Serialize(**model);
    ExpectSameText(printer.Json(bytes), printer.Json(written));
    const auto again = Parse(written);
    ASSERT_TRUE(again.ok()) << again.error().message;
    ASSERT_EQ(Serialize(**again), written);
  }
}

}  // namespace
}  // namespace tinyfog::tflite
