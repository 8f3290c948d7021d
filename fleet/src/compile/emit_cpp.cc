#include "tinyfog/compile/emit_cpp.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>
#include <vector>

#include "program.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/nn/model.h"

namespace tinyfog::compile {
namespace {

constexpr const char* kNotice = "// Made by tinyfog-compile. Edit the model, not this file.\n";

// A .tfm file copied to where Model::Open wants it.
class OpenModel {
 public:
  static Outcome<OpenModel> Open(std::span<const std::uint8_t> tfm) {
    OpenModel open;
    open.storage_.resize(tfm.size() / sizeof(Block) + 1);
    std::memcpy(open.storage_.data(), tfm.data(), tfm.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(open.storage_.data());
    std::uint8_t target = 0;
    if (tfm.size() >= sizeof(nn::Header)) {
      target = reinterpret_cast<const nn::Header*>(bytes)->target;
    }
    const auto model = nn::Model::Open({bytes, tfm.size()}, nn::AllOperators(), nn::Target{target});
    if (!model.ok()) return Error{model.error(), "these bytes are no compiled model"};
    open.model_ = *model;
    return open;
  }
  OpenModel(OpenModel&&) = default;
  OpenModel& operator=(OpenModel&&) = default;
  const nn::Model& operator*() const { return *model_; }
  const nn::Model* operator->() const { return &*model_; }

 private:
  struct alignas(16) Block {
    std::uint8_t bytes[16];
  };
  OpenModel() = default;

  std::vector<Block> storage_;  // a move leaves the bytes where they are
  std::optional<nn::Model> model_;
};

bool IsIdentifier(const std::string& name) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_word) &&
         !std::isdigit(static_cast<unsigned char>(name[0]));
}

const char* ElementName(nn::Type type) {
  constexpr const char* kNames[nn::kTypeCount] = {"std::int8_t",  "std::uint8_t", "std::int16_t",
                                                  "std::int32_t", "std::int64_t", "float",
                                                  "std::uint8_t"};
  return kNames[static_cast<std::size_t>(type)];
}

// Names come from a file: nothing of them may end a comment line.
std::string Printable(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || std::strchr("_./:-[]; ", c) != nullptr;
    text += plain && c != '\0' ? c : '?';
  }
  return text;
}

// "/// x: [1,49,10,1], real = 0.5 * (value - 83)" and the accessor.
std::string Accessor(const nn::Model& model, const nn::Port& port, const std::string& function,
                     bool is_input) {
  const nn::TensorInfo tensor = model.tensor(port.tensor);
  std::string comment = "/// " + Printable(port.name) + ": [";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    comment += (i == 0 ? "" : ",") + std::to_string(tensor.shape[i]);
  }
  comment += "]";
  if (port.scale != 0) {
    char text[80];
    std::snprintf(text, sizeof(text), ", real = %.9g * (value - %d)",
                  static_cast<double>(port.scale), static_cast<int>(port.zero_point));
    comment += text;
  }
  const std::string count = std::to_string(tensor.bytes / SizeOf(tensor.type));
  const std::string element = (is_input ? "" : "const ") + std::string(ElementName(tensor.type));
  const std::string span = "std::span<" + element + ", " + count + ">";
  const std::string offset = std::to_string(tensor.data & ~nn::kConstantBit);
  const bool constant = (tensor.data & nn::kConstantBit) != 0;
  const std::string base = constant ? "Constants()" : "arena";
  return comment + "\ninline " + span + " " + function + "(" + (is_input ? "" : "const ") +
         "std::uint8_t*" + (constant ? "" : " arena") + ") {\n  return " + span +
         "(reinterpret_cast<" + element + "*>(" + base + " + " + offset + "), " + count + ");\n}\n";
}

std::string EmitHeader(const nn::Model& model, const std::string& name) {
  std::string text = kNotice;
  text += "#pragma once\n\n#include <cstdint>\n#include <span>\n\nnamespace " + name +
          " {\n\n/// Bytes of the memory that every function here takes, aligned to 16.\n"
          "inline constexpr std::uint32_t kArenaBytes = " +
          std::to_string(model.arena_bytes()) +
          ";\ninline constexpr unsigned kSteps = " + std::to_string(model.step_count()) +
          ";\n\n/// Puts the state to its start: once before the first run.\n"
          "void Reset(std::uint8_t* arena);\n"
          "/// Computes the outputs. The inputs may be overwritten.\n"
          "void Run(std::uint8_t* arena);\n"
          "/// The steps from `first` up to but not including `last`.\n"
          "void RunSteps(std::uint8_t* arena, unsigned first, unsigned last);\n"
          "/// What the steps read beside the arena.\nconst std::uint8_t* Constants();\n\n";
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    text += Accessor(model, model.input(i), "Input" + std::to_string(i), true);
  }
  for (std::uint16_t i = 0; i < model.output_count(); ++i) {
    text += Accessor(model, model.output(i), "Output" + std::to_string(i), false);
  }
  return text + "\n}  // namespace " + name + "\n";
}

std::string EmitConstants(const nn::Model& model) {
  const std::uint32_t size = model.header().constant_bytes;
  std::string text = "alignas(16) constexpr std::uint8_t kConstants[" +
                     std::to_string(std::max(size, 1u)) + "] = {";
  for (std::uint32_t i = 0; i < size; ++i) {
    text += (i % 24 == 0 ? "\n    " : "") + std::to_string(model.constants()[i]) + ",";
  }
  return text + "\n};\n";
}

// "constexpr auto kStep3 = ...": the step's parameters.
std::string EmitStep(const nn::StepRecord& step, std::uint16_t index) {
  std::string text = "constexpr auto kStep" + std::to_string(index) +
                     " = std::bit_cast<nn::" + OperatorTypeName(nn::Opcode{step.opcode}) +
                     "::Parameters>(\n    std::array<std::uint32_t, " +
                     std::to_string(step.param_bytes / 4) + ">{";
  const auto* params = reinterpret_cast<const std::uint8_t*>(&step + 1);
  for (unsigned i = 0; i + 4 <= step.param_bytes; i += 4) {
    std::uint32_t word;
    std::memcpy(&word, params + i, 4);
    text += (i % 32 == 0 ? "\n        " : " ") + std::to_string(word) + "u,";
  }
  return text + "});\n";
}

std::string Call(const nn::Model& model, std::uint16_t index) {
  return "nn::" + OperatorTypeName(nn::Opcode{model.step(index).opcode}) + "::Run(kStep" +
         std::to_string(index) + ", memory);\n";
}

std::string EmitFunctions(const nn::Model& model) {
  std::string reset = "void Reset([[maybe_unused]] std::uint8_t* arena) {\n";
  for (const nn::StateRecord& state : model.states()) {
    reset += "  std::memset(arena + " + std::to_string(state.offset) + ", " +
             std::to_string(state.fill & 255) + ", " + std::to_string(state.bytes) + ");\n";
  }
  std::string run =
      "void Run(std::uint8_t* arena) {\n  const nn::Memory memory{kConstants, arena};\n";
  std::string steps =
      "void RunSteps(std::uint8_t* arena, unsigned first, unsigned last) {\n"
      "  const nn::Memory memory{kConstants, arena};\n"
      "  for (unsigned step = first; step < last; ++step) {\n    switch (step) {\n";
  for (std::uint16_t i = 0; i < model.step_count(); ++i) {
    run += "  " + Call(model, i);
    steps +=
        "      case " + std::to_string(i) + ":\n        " + Call(model, i) + "        break;\n";
  }
  steps += "      default:\n        return;\n    }\n  }\n}\n";
  return reset + "}\n\n" + run + "}\n\n" + steps +
         "\nconst std::uint8_t* Constants() { return kConstants; }\n";
}

Outcome<OpenModel> OpenNamed(std::span<const std::uint8_t> tfm, const std::string& name) {
  if (!IsIdentifier(name)) {
    return Error{Status::kInvalidArgument,
                 "\"" + name + "\" is no C++ identifier: choose another name for the output"};
  }
  return OpenModel::Open(tfm);
}

}  // namespace

std::string OperatorTypeName(nn::Opcode opcode) {
  std::string name;
  bool upper = true;
  for (const char c : KernelName(opcode)) {
    if (c != '_') name += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = c == '_';
  }
  return name;
}

Outcome<CppCode> EmitCpp(std::span<const std::uint8_t> tfm, const std::string& name) {
  TINYFOG_TRY_ASSIGN(const OpenModel model, OpenNamed(tfm, name));
  CppCode code;
  code.header = EmitHeader(*model, name);
  code.source = kNotice + ("#include \"" + name) +
                ".h\"\n\n#include <array>\n#include <bit>\n#include <cstring>\n\n"
                "#include \"tinyfog/nn/kernels/all.h\"\n\nnamespace " +
                name + " {\nnamespace {\n\nnamespace nn = tinyfog::nn;\n\n" + EmitConstants(*model);
  for (std::uint16_t i = 0; i < model->step_count(); ++i) {
    code.source += EmitStep(model->step(i), i);
  }
  code.source +=
      "\n}  // namespace\n\n" + EmitFunctions(*model) + "\n}  // namespace " + name + "\n";
  return code;
}

Outcome<std::string> EmitOperators(std::span<const std::uint8_t> tfm, const std::string& name) {
  TINYFOG_TRY_ASSIGN(const OpenModel model, OpenNamed(tfm, name));
  std::vector<std::string> operators;
  for (std::uint16_t i = 0; i < model->step_count(); ++i) {
    const std::string one = "tinyfog::nn::" + OperatorTypeName(nn::Opcode{model->step(i).opcode});
    if (std::find(operators.begin(), operators.end(), one) == operators.end()) {
      operators.push_back(one);
    }
  }
  std::string text = kNotice;
  text += "#pragma once\n\n#include \"tinyfog/nn/kernels/all.h\"\n\nnamespace " + name +
          " {\n\nusing Table = tinyfog::nn::Operators<";
  for (std::size_t i = 0; i < operators.size(); ++i) {
    text += (i == 0 ? "\n    " : ",\n    ") + operators[i];
  }
  return text + ">;\n\n}  // namespace " + name + "\n";
}

}  // namespace tinyfog::compile
