#include "test_models.h"

#include <cstdlib>

#include "tinyfog/host/file.h"
#include "tinyfog/tflite/model.h"

namespace tinyfog::inference::testing {
namespace {

using namespace tflite;

void AddOperator(ModelT& model, BuiltinOperator kind, std::int32_t output) {
  auto code = std::make_unique<OperatorCodeT>();
  code->builtin_code = kind;
  code->deprecated_builtin_code = static_cast<std::int8_t>(kind);
  auto op = std::make_unique<OperatorT>();
  op->opcode_index = static_cast<std::uint32_t>(model.operator_codes.size());
  op->inputs = {0, 1};
  op->outputs = {output};
  if (kind == BuiltinOperator::ADD) {
    op->builtin_options.Set(AddOptionsT());
  } else {
    op->builtin_options.Set(SubOptionsT());
  }
  model.operator_codes.push_back(std::move(code));
  model.subgraphs[0]->operators.push_back(std::move(op));
}

}  // namespace

std::unique_ptr<ModelT> SumAndDifference() {
  auto model = std::make_unique<ModelT>();
  model->version = 3;
  model->buffers.push_back(std::make_unique<BufferT>());
  model->subgraphs.push_back(std::make_unique<SubGraphT>());
  auto& graph = *model->subgraphs[0];
  for (const char* name : {"a", "b", "sum", "difference"}) {
    auto tensor = std::make_unique<TensorT>();
    tensor->name = name;
    tensor->shape = {1, 4};
    graph.tensors.push_back(std::move(tensor));
  }
  graph.inputs = {0, 1};
  graph.outputs = {2, 3};
  AddOperator(*model, BuiltinOperator::ADD, 2);
  AddOperator(*model, BuiltinOperator::SUB, 3);
  return model;
}

std::vector<std::uint8_t> SumAndDifferenceFile() { return Serialize(*SumAndDifference()); }

TemporaryRepository::TemporaryRepository() {
  std::string name = (std::filesystem::temp_directory_path() / "tinyfog-models-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}

TemporaryRepository::~TemporaryRepository() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

void TemporaryRepository::Add(const std::string& model, std::int64_t version,
                              const std::vector<std::uint8_t>& file) {
  const auto folder = path_ / model / std::to_string(version);
  std::filesystem::create_directories(folder);
  if (!WriteFileAtomically(folder / "model.tflite", file).ok()) std::abort();
}

void TemporaryRepository::Configure(const std::string& model, const std::string& toml) {
  std::filesystem::create_directories(path_ / model);
  const std::vector<std::uint8_t> bytes(toml.begin(), toml.end());
  if (!WriteFileAtomically(path_ / model / "config.toml", bytes).ok()) std::abort();
}

std::optional<std::filesystem::path> SharedFolder() {
  const char* folder = std::getenv("TINYFOG_SHARED");
  const std::filesystem::path path =
      folder != nullptr ? folder : std::string(TINYFOG_SOURCE_DIR "/../shared");
  if (!std::filesystem::exists(path / "models")) return std::nullopt;
  return path;
}

std::vector<std::uint8_t> ReadAll(const std::filesystem::path& path) {
  auto bytes = ReadFile(path);
  return bytes.ok() ? std::move(*bytes) : std::vector<std::uint8_t>();
}

}  // namespace tinyfog::inference::testing
