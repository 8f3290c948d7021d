#include <gtest/gtest.h>

#include "infer_input.h"
#include "infer_output.h"
#include "model_for_test.h"

namespace tinyfog::ctl {
namespace {

TEST(ParseInputArgument, NamesOnlyWhereTheModelHasThem) {
  const ModelView model = ModelForTest();
  EXPECT_EQ(ParseInputArgument("x.bin", model).name, "");
  EXPECT_EQ(ParseInputArgument("in=x.bin", model).name, "in");
  EXPECT_EQ(ParseInputArgument("in=x.bin", model).file, "x.bin");
  EXPECT_EQ(ParseInputArgument("a=b.bin", model).file, "a=b.bin");
}

TEST(AddRawInput, MakesBatchesAndRefusesOtherSizes) {
  const ModelView model = ModelForTest();
  ::inference::ModelInferRequest request;
  ASSERT_TRUE(AddRawInput(model, "", std::string(8, 'x'), request).ok());
  EXPECT_EQ(request.inputs(0).name(), "in");
  EXPECT_EQ(request.inputs(0).shape(0), 2);
  EXPECT_EQ(request.raw_input_contents(0).size(), 8u);
  for (const std::size_t size : {0, 3, 5, 20}) {
    const auto refused = AddRawInput(model, "", std::string(size, 'x'), request);
    ASSERT_FALSE(refused.ok()) << size;
    EXPECT_NE(refused.error().message.find("takes exactly 4 bytes or up to 4 times that"),
              std::string::npos)
        << refused.error().message;
  }
  EXPECT_NE(AddRawInput(model, "im", "", request).error().message.find("kws has: in"),
            std::string::npos);
}

TEST(ParseJsonInputs, FlattensAndFillsIn) {
  const auto request =
      ParseJsonInputs(R"({"inputs":[{"name":"in","data":[[1,-2],[3,-128]]}]})", ModelForTest());
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->raw_input_contents(0), std::string("\x01\xFE\x03\x80"));
  EXPECT_EQ(request->inputs(0).shape(0), 1);
}

TEST(ParseJsonInputs, KeepsGivenShapeAndType) {
  const auto request = ParseJsonInputs(
      R"({"inputs":[{"name":"in","datatype":"FP32","shape":[1,1],"data":[0.5]}]})", ModelForTest());
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->inputs(0).datatype(), "FP32");
  EXPECT_EQ(request->raw_input_contents(0).size(), 4u);
}

TEST(ParseJsonInputs, RefusesWhatDoesNotFit) {
  const ModelView model = ModelForTest();
  for (const char* text :
       {"", "[]", "{}", R"({"inputs":3})", R"({"inputs":[3]})", R"({"inputs":[{"name":"in"}]})",
        R"({"inputs":[{"name":"x","data":[]}]})", R"({"inputs":[{"name":7,"data":[]}]})",
        R"({"inputs":[{"name":"in","data":[1,2,3,128]}]})",
        R"({"inputs":[{"name":"in","data":[1,2,3,"4"]}]})",
        R"({"inputs":[{"name":"in","data":[1,2,3,4.5]}]})",
        R"({"inputs":[{"name":"in","datatype":"BYTES","data":["a"]}]})"}) {
    EXPECT_FALSE(ParseJsonInputs(text, model).ok()) << text;
  }
  EXPECT_FALSE(ParseJsonInputs(R"({"inputs":[{"data":)" + std::string(50, '['), model).ok());
}

::inference::ModelInferResponse Answer(const std::string& bytes, std::int64_t rows) {
  ::inference::ModelInferResponse response;
  auto& out = *response.add_outputs();
  out.set_name("out");
  out.set_datatype("INT8");
  out.add_shape(rows);
  out.add_shape(3);
  response.add_raw_output_contents(bytes);
  return response;
}

TEST(Outputs, ClassesAreRankedWithLabelsAndScores) {
  const ModelView model = ModelForTest();
  const auto outputs = DecodeOutputs(Answer("\x80\x40\x00\x7F\x80\x80", 2), model);
  EXPECT_FALSE(outputs.ok());  // the string ends at its zero byte
  const auto fine = DecodeOutputs(Answer(std::string("\x80\x40\x00\x7F\x80\x80", 6), 2), model);
  ASSERT_TRUE(fine.ok()) << fine.error().message;
  EXPECT_EQ(RenderOutputs(*fine, model, 2, {}),
            "output:  out INT8 [2, 3]\n"
            "ROW  CLASS  LABEL   SCORE  VALUE\n"
            "  0      1  no     0.7500     64\n"
            "  0      2  über   0.5000      0\n"
            "  1      0  yes    0.9961    127\n"
            "  1      1  no     0.0000   -128\n");
  term::JsonWriter json;
  WriteOutputs(*fine, model, 1, json);
  EXPECT_EQ(json.text(),
            R"([{"name":"out","datatype":"INT8","shape":[2,3],"data":[-128,64,0,127,-128,-128],)"
            R"("top":[[{"index":1,"label":"no","score":0.75,"value":64}],)"
            R"([{"index":0,"label":"yes","score":0.99609375,"value":127}]]}])");
}

TEST(Outputs, HostileAnswersAreErrors) {
  const ModelView model = ModelForTest();
  auto response = Answer(std::string(6, 'x'), 2);
  response.clear_raw_output_contents();
  EXPECT_FALSE(DecodeOutputs(response, model).ok());
  response = Answer("", 0);
  ASSERT_TRUE(DecodeOutputs(response, model).ok());
  EXPECT_NE(RenderOutputs(*DecodeOutputs(response, model), model, 2, {}), "");
  EXPECT_FALSE(DecodeOutputs(Answer("", -1), model).ok());
}

}  // namespace
}  // namespace tinyfog::ctl
