#include "tinyfog/compile/emit_cpp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sample_graph_for_test.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/nn/format.h"

// What the code computes is tested where it is compiled: tests/board.
namespace tinyfog::compile {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EmitCpp, NamesInputsStepsAndOperators) {
  const auto compiled = Compile(SampleGraph());
  ASSERT_TRUE(compiled.ok()) << compiled.error().message;
  const auto code = EmitCpp(compiled->tfm, "sample");
  ASSERT_TRUE(code.ok()) << code.error().message;
  EXPECT_THAT(code->header, HasSubstr("kArenaBytes = " + std::to_string(compiled->arena_bytes)));
  EXPECT_THAT(code->header, HasSubstr("Input0(std::uint8_t* arena)"));
  EXPECT_THAT(code->source, HasSubstr("nn::Conv2dInt8::Run(kStep"));
  const auto operators = EmitOperators(compiled->tfm, "sample_operators");
  ASSERT_TRUE(operators.ok());
  EXPECT_THAT(*operators, HasSubstr("tinyfog::nn::SoftmaxInt8"));
  EXPECT_THAT(*operators, Not(HasSubstr("Svdf")));
}

TEST(EmitCpp, RefusesNamesAndBytesThatCannotBeCode) {
  const auto compiled = Compile(SampleGraph());
  ASSERT_TRUE(compiled.ok());
  for (const char* name : {"", "2nd", "a-b", "a b", "a;b"}) {
    EXPECT_FALSE(EmitCpp(compiled->tfm, name).ok()) << name;
    EXPECT_FALSE(EmitOperators(compiled->tfm, name).ok()) << name;
  }
  const std::vector<std::uint8_t> few(10);
  EXPECT_FALSE(EmitCpp(few, "few").ok());
  std::vector<std::uint8_t> damaged = compiled->tfm;
  damaged[0] ^= 1;
  EXPECT_FALSE(EmitCpp(damaged, "damaged").ok());
}

TEST(EmitCpp, NamesOfTensorsCannotBecomeCode) {
  graph::Graph graph = SampleGraph();
  const auto input = static_cast<std::size_t>(graph.inputs[0]);
  graph.tensors[input].name = "x\n#error y\\\n";
  const auto compiled = Compile(graph);
  ASSERT_TRUE(compiled.ok());
  const auto code = EmitCpp(compiled->tfm, "sample");
  ASSERT_TRUE(code.ok());
  EXPECT_THAT(code->header, HasSubstr("/// x??error y??: ["));
}

// The emitted names are made from the kernels' names: each must be one of the operators' types.
TEST(EmitCpp, EveryOpcodeHasItsOperatorsName) {
  std::stringstream table;
  table << std::ifstream(TINYFOG_SOURCE_DIR "/runtime/src/nn/all_operators.cc").rdbuf();
  std::string words = table.str();
  for (char& c : words) c = std::isalnum(static_cast<unsigned char>(c)) ? c : ' ';
  for (const nn::OperatorEntry& entry : nn::AllOperators()) {
    EXPECT_THAT(words, HasSubstr(" " + OperatorTypeName(entry.opcode) + " "));
  }
}

}  // namespace
}  // namespace tinyfog::compile
