#include "write.h"

#include <algorithm>
#include <cstring>

#include "tinyfog/base/crc32.h"

namespace tinyfog::compile {
namespace {

class Writer {
 public:
  Writer(const graph::Graph& graph, const Program& program, const Plan& plan,
         const Options& options)
      : graph_(graph), program_(program), options_(options) {
    header_.magic = nn::kTfmMagic;
    header_.version = nn::kFormatVersion;
    header_.target = static_cast<std::uint8_t>(options.target);
    header_.arena_bytes = static_cast<std::uint32_t>(plan.arena_bytes);
    header_.step_count = static_cast<std::uint16_t>(program.steps.size());
    header_.input_count = static_cast<std::uint16_t>(graph.inputs.size());
    header_.output_count = static_cast<std::uint16_t>(graph.outputs.size());
  }

  Written Write() {
    bytes_.resize(sizeof(nn::Header));
    WriteSteps();
    WriteTensors();
    WritePorts();
    WriteStates();
    // 16 would do; the vectors of x86 like whole cache lines.
    Align(options_.target == nn::Target::kX86Pairs || options_.target == nn::Target::kX86Quads
              ? 64
              : 16);
    header_.constants = Position();
    header_.constant_bytes = static_cast<std::uint32_t>(program_.constants.size());
    bytes_.insert(bytes_.end(), program_.constants.begin(), program_.constants.end());
    Align(16);
    header_.file_bytes = Position();
    std::memcpy(bytes_.data(), &header_, sizeof(header_));
    header_.crc32 = Crc32(std::span(bytes_).subspan(16));
    std::memcpy(bytes_.data(), &header_, sizeof(header_));
    return {std::move(bytes_), std::move(records_)};
  }

 private:
  std::uint32_t Position() const { return static_cast<std::uint32_t>(bytes_.size()); }
  void Align(std::size_t alignment) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
  }
  template <class T>
  void Append(const T& value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof(T));
  }

  nn::Ref RefOf(int buffer, std::uint32_t offset) const {
    return static_cast<nn::Ref>(program_.buffers[static_cast<std::size_t>(buffer)].offset) + offset;
  }

  void WriteSteps() {
    std::vector<std::uint32_t> offsets;
    for (const Step& step : program_.steps) {
      offsets.push_back(Position());
      Append(nn::StepRecord{static_cast<std::uint16_t>(step.opcode),
                            static_cast<std::uint16_t>(step.params.size())});
      const std::size_t params = bytes_.size();
      bytes_.insert(bytes_.end(), step.params.begin(), step.params.end());
      for (const Patch& patch : step.patches) {
        const nn::Ref ref = RefOf(patch.buffer, patch.offset);
        std::memcpy(bytes_.data() + params + patch.position, &ref, sizeof(ref));
      }
      Align(4);
    }
    header_.steps = Position();
    for (const std::uint32_t offset : offsets) Append(offset);
  }

  // A tensor is recorded where it is a port or alive at some cut.
  void WriteTensors() {
    records_.assign(graph_.tensors.size(), -1);
    std::vector<std::uint32_t> shapes;
    std::vector<nn::TensorRecord> records;
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const Storage& storage = program_.storage[i];
      if (!IsPort(static_cast<int>(i)) && storage.buffer < 0) continue;
      records_[i] = static_cast<int>(records.size());
      records.push_back(RecordOf(static_cast<int>(i), shapes));
    }
    header_.tensor_count = static_cast<std::uint16_t>(records.size());
    header_.tensors = Position();
    for (const nn::TensorRecord& record : records) Append(record);
    header_.shapes = Position();
    header_.shape_words = static_cast<std::uint16_t>(shapes.size());
    for (const std::uint32_t dimension : shapes) Append(dimension);
  }

  bool IsPort(int tensor) const {
    const auto has = [tensor](const std::vector<int>& ports) {
      return std::find(ports.begin(), ports.end(), tensor) != ports.end();
    };
    return has(graph_.inputs) || has(graph_.outputs);
  }

  nn::TensorRecord RecordOf(int tensor, std::vector<std::uint32_t>& shapes) const {
    const graph::Tensor& source = graph_.tensors[static_cast<std::size_t>(tensor)];
    const Storage& storage = program_.storage[static_cast<std::size_t>(tensor)];
    nn::TensorRecord record{};
    record.data = storage.is_constant ? storage.constant : RefOf(storage.buffer, storage.offset);
    record.bytes = static_cast<std::uint32_t>(source.bytes());
    record.type = static_cast<std::uint8_t>(source.type);
    record.rank = static_cast<std::uint8_t>(source.shape.size());
    const std::vector<std::uint32_t> shape(source.shape.begin(), source.shape.end());
    const auto known = std::search(shapes.begin(), shapes.end(), shape.begin(), shape.end());
    record.shape = static_cast<std::uint16_t>(known - shapes.begin());
    if (known == shapes.end()) shapes.insert(shapes.end(), shape.begin(), shape.end());
    SetCuts(tensor, record);
    return record;
  }

  // From behind the step that makes it to before the last that reads it.
  void SetCuts(int tensor, nn::TensorRecord& record) const {
    const auto steps_of = [this](std::size_t node) {
      return std::pair{program_.first_step[node], program_.first_step[node + 1]};
    };
    int first = 0;
    int last = 0;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const graph::Node& node = graph_.nodes[n];
      const auto uses = [tensor](const std::vector<int>& list) {
        return std::find(list.begin(), list.end(), tensor) != list.end();
      };
      if (uses(node.outputs)) first = last = steps_of(n).second;
      if (uses(node.inputs)) last = std::max(last, steps_of(n).second - 1);
    }
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), tensor) != graph_.outputs.end()) {
      last = static_cast<int>(program_.steps.size());
    }
    record.first_cut = static_cast<std::uint16_t>(first);
    record.last_cut = static_cast<std::uint16_t>(std::max(first, last));
  }

  void WritePorts() {
    std::vector<int> tensors = graph_.inputs;
    tensors.insert(tensors.end(), graph_.outputs.begin(), graph_.outputs.end());
    std::vector<nn::PortRecord> records;
    for (const int tensor : tensors) {
      const graph::Tensor& source = graph_.tensors[static_cast<std::size_t>(tensor)];
      const std::string name = options_.names ? source.name.substr(0, 65535) : "";
      records.push_back({static_cast<std::uint16_t>(records_[static_cast<std::size_t>(tensor)]),
                         static_cast<std::uint16_t>(name.size()), Position(),
                         source.quantization.scale(), source.quantization.zero_point()});
      bytes_.insert(bytes_.end(), name.begin(), name.end());
    }
    Align(4);
    header_.ports = Position();
    for (const nn::PortRecord& record : records) Append(record);
  }

  void WriteStates() {
    header_.states = Position();
    for (const Buffer& buffer : program_.buffers) {
      if (!buffer.is_state) continue;
      Append(nn::StateRecord{static_cast<std::uint32_t>(buffer.offset),
                             static_cast<std::uint32_t>(buffer.bytes), buffer.fill});
      ++header_.state_count;
    }
  }

  const graph::Graph& graph_;
  const Program& program_;
  const Options& options_;
  nn::Header header_{};
  std::vector<std::uint8_t> bytes_;
  std::vector<int> records_;
};

}  // namespace

Written WriteTfm(const graph::Graph& graph, const Program& program, const Plan& plan,
                 const Options& options) {
  return Writer(graph, program, plan, options).Write();
}

}  // namespace tinyfog::compile
