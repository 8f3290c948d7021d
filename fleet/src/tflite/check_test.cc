#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "test_model.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

using testing::HasSubstr;

struct Damage {
  const char* message;  ///< must be in the error's text
  std::function<void(ModelT&)> apply;
  Status code = Status::kInvalidArgument;
};

SubGraphT& Graph(ModelT& m) { return *m.subgraphs[0]; }
TensorT& Tensor(ModelT& m, std::size_t i) { return *Graph(m).tensors[i]; }
QuantizationParametersT& Quantization(ModelT& m, std::size_t i) {
  return *Tensor(m, i).quantization;
}
OperatorT& Op(ModelT& m) { return *Graph(m).operators[0]; }

void ExpectRefused(const std::vector<Damage>& damages) {
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.message);
    auto model = SmallConvolution();
    ASSERT_TRUE(Check(*model).ok());
    damage.apply(*model);
    const auto checked = Check(*model);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().code, damage.code);
    EXPECT_THAT(checked.error().message, HasSubstr(damage.message));
  }
}

TEST(CheckTest, RefusesWrongIndices) {
  ExpectRefused({
      {"tensor 1 'weights' (INT8 [2,1,3,1]): its buffer 7 is not one of the 3 buffers",
       [](ModelT& m) { Tensor(m, 1).buffer = 7; }},
      {"operator 0: its operator code 5", [](ModelT& m) { Op(m).opcode_index = 5; }},
      {"operator 0 (CONV_2D): its input: there is no tensor 4",
       [](ModelT& m) { Op(m).inputs[1] = 4; }},
      {"there is no tensor -2", [](ModelT& m) { Op(m).inputs[1] = -2; }},
      {"its output: there is no tensor -1", [](ModelT& m) { Op(m).outputs[0] = -1; }},
      {"there is no tensor 9", [](ModelT& m) { Op(m).intermediates = {9}; }},
      {"input: there is no tensor 4", [](ModelT& m) { Graph(m).inputs = {4}; }},
      {"output: there is no tensor 4", [](ModelT& m) { Graph(m).outputs = {4}; }},
      {"operator code 0: -1 is not an operator",
       [](ModelT& m) {
         m.operator_codes[0]->builtin_code = BuiltinOperator(-1);
         m.operator_codes[0]->deprecated_builtin_code = -1;
       }},
      {"operator code 0: 127 is not an operator",
       [](ModelT& m) { m.operator_codes[0]->deprecated_builtin_code = 127; }},
      {"there is no subgraph 1",
       [](ModelT& m) {
         WhileOptionsT options;
         options.body_subgraph_index = 1;
         Op(m).builtin_options.Set(std::move(options));
       }},
      {"metadata 'x': there is no buffer 3",
       [](ModelT& m) {
         m.metadata.push_back(std::make_unique<MetadataT>());
         m.metadata[0]->name = "x";
         m.metadata[0]->buffer = 3;
       }},
      {"signature 'serve': there is no tensor 4",
       [](ModelT& m) {
         m.signature_defs.push_back(std::make_unique<SignatureDefT>());
         m.signature_defs[0]->signature_key = "serve";
         m.signature_defs[0]->inputs.push_back(std::make_unique<TensorMapT>());
         m.signature_defs[0]->inputs[0]->tensor_index = 4;
       }},
  });
}

TEST(CheckTest, RefusesWrongOrder) {
  ExpectRefused({
      {"its input tensor 0 'input' (INT8 [1,1,8,1]) is not computed before it",
       [](ModelT& m) { Graph(m).inputs = {}; }},
      {"its output tensor 3 'output' (INT8 [1,1,8,2]) already has a value",
       [](ModelT& m) { Graph(m).operators.push_back(std::make_unique<OperatorT>(Op(m))); }},
      {"its output tensor 1 'weights'", [](ModelT& m) { Op(m).outputs = {1}; }},
      {"output: nothing computes tensor 3", [](ModelT& m) { Graph(m).operators.clear(); }},
      {"input: constant tensor 1",
       [](ModelT& m) {
         Graph(m).inputs = {0, 1};
       }},
      {"input: twice tensor 0",
       [](ModelT& m) {
         Graph(m).inputs = {0, 0};
       }},
  });
}

TEST(CheckTest, RefusesWrongShapesAndSizes) {
  ExpectRefused({
      {"tensor 0 'input' (INT8 [1,-1,8,1]): its shape has the negative entry -1",
       [](ModelT& m) { Tensor(m, 0).shape[1] = -1; }},
      {"2^31 elements",
       [](ModelT& m) {
         Tensor(m, 0).shape = {65536, 32768};
       }},
      {"2^31 elements",
       [](ModelT& m) {
         Tensor(m, 0).shape = {0, 65536, 32768};
       }},
      {"its buffer 1 has 6 bytes, shape and type need 8",
       [](ModelT& m) {
         Tensor(m, 1).shape = {2, 1, 4, 1};
       }},
      {"its buffer 1 has 6 bytes, shape and type need 24",
       [](ModelT& m) { Tensor(m, 1).type = TensorType::INT32; }},
      {"its shape signature", [](ModelT& m) { Tensor(m, 0).shape_signature = {-1}; }},
      {"its shape signature",
       [](ModelT& m) {
         Tensor(m, 0).shape_signature = {-2, 1, 8, 1};
       }},
  });
}

TEST(CheckTest, RefusesWrongQuantisation) {
  ExpectRefused({
      {"tensor 1 'weights' (INT8 [2,1,3,1]): it has 3 scales for 2 channels",
       [](ModelT& m) {
         Quantization(m, 1).scale = {1, 1, 1};
         Quantization(m, 1).zero_point = {0, 0, 0};
       }},
      {"it has 2 scales and 1 zero points", [](ModelT& m) { Quantization(m, 1).zero_point = {0}; }},
      {"its quantised dimension 4", [](ModelT& m) { Quantization(m, 1).quantized_dimension = 4; }},
      {"its quantised dimension -1",
       [](ModelT& m) { Quantization(m, 1).quantized_dimension = -1; }},
      {"is not a positive number", [](ModelT& m) { Quantization(m, 0).scale = {0}; }},
      {"is not a positive number", [](ModelT& m) { Quantization(m, 0).scale = {NAN}; }},
      {"is not a positive number", [](ModelT& m) { Quantization(m, 0).scale = {INFINITY}; }},
      {"its zero point 128 is not a value of INT8",
       [](ModelT& m) { Quantization(m, 0).zero_point = {128}; }},
  });
}

TEST(CheckTest, RefusesMissingParts) {
  ExpectRefused({
      {"the model has no subgraph", [](ModelT& m) { m.subgraphs.clear(); }},
      {"schema version 2", [](ModelT& m) { m.version = 2; }},
      {"tensor 1 is missing", [](ModelT& m) { Graph(m).tensors[1].reset(); }},
      {"operator 0 is missing", [](ModelT& m) { Graph(m).operators[0].reset(); }},
      {"operator code 0 is missing", [](ModelT& m) { m.operator_codes[0].reset(); }},
      {"buffer 2 is missing", [](ModelT& m) { m.buffers[2].reset(); }},
      {"subgraph 0 is missing", [](ModelT& m) { m.subgraphs[0].reset(); }},
      {"a type of options but no options",
       [](ModelT& m) {
         Op(m).builtin_options.Reset();
         Op(m).builtin_options.type = BuiltinOptions::Conv2DOptions;
       }},
  });
}

TEST(CheckTest, SaysWhatIsUnsupported) {
  ExpectRefused({
      {"buffer 1 is outside the flatbuffer", [](ModelT& m) { m.buffers[1]->offset = 4096; },
       Status::kUnimplemented},
      {"operator code 0: 170 is newer",
       [](ModelT& m) { m.operator_codes[0]->builtin_code = BuiltinOperator(170); },
       Status::kUnimplemented},
      {"its type is newer", [](ModelT& m) { Tensor(m, 0).type = TensorType(99); },
       Status::kUnimplemented},
      {"sparse tensors",
       [](ModelT& m) { Tensor(m, 1).sparsity = std::make_unique<SparsityParametersT>(); },
       Status::kUnimplemented},
      {"blockwise", [](ModelT& m) { Quantization(m, 1).details.Set(BlockwiseQuantizationT()); },
       Status::kUnimplemented},
  });
}

TEST(CheckTest, AcceptsOptionalAbsentAndEmptyInputs) {
  auto model = SmallConvolution();
  Op(*model).inputs[2] = -1;
  EXPECT_TRUE(Check(*model).ok());
  Op(*model).inputs[2] = 2;
  Tensor(*model, 2).buffer = 0;
  Tensor(*model, 2).shape = {0};
  Tensor(*model, 2).quantization.reset();
  EXPECT_TRUE(Check(*model).ok());
  Tensor(*model, 2).shape = {2};
  EXPECT_FALSE(Check(*model).ok());
  Tensor(*model, 2).is_variable = true;
  EXPECT_TRUE(Check(*model).ok());
}

}  // namespace
}  // namespace tinyfog::tflite
