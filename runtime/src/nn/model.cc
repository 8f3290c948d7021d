#include "tinyfog/nn/model.h"

#include "tinyfog/base/crc32.h"

namespace tinyfog::nn {
namespace {

constexpr std::uint32_t kMaxFile = 0x7FFFFFFF;
constexpr std::uint32_t kCrcStart = 16;

const OperatorEntry* Find(OperatorTable operators, std::uint16_t opcode) {
  for (const OperatorEntry& entry : operators) {
    if (entry.opcode == static_cast<Opcode>(opcode)) return &entry;
  }
  return nullptr;
}

bool IsAligned(const void* pointer, std::uintptr_t alignment) {
  return reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0;
}

}  // namespace

Result<Model> Model::Open(std::span<const std::uint8_t> bytes, OperatorTable operators,
                          Target target) {
  if (bytes.size() < sizeof(Header) || bytes.size() > kMaxFile || !IsAligned(bytes.data(), 16)) {
    return Status::kInvalidArgument;
  }
  const Model model(bytes.data(), operators);
  const Header& header = model.header();
  if (header.magic != kTfmMagic || header.file_bytes != bytes.size()) {
    return Status::kInvalidArgument;
  }
  if (header.version != kFormatVersion || header.target != static_cast<std::uint8_t>(target)) {
    return Status::kFailedPrecondition;
  }
  if (!model.LayoutIsValid() || !model.TensorsAreValid() || !model.PortsAreValid() ||
      !model.StatesAreValid()) {
    return Status::kInvalidArgument;
  }
  if (const Status status = model.VerifySteps(); status != Status::kOk) return status;
  return model;
}

bool Model::LayoutIsValid() const {
  const Header& h = header();
  // Tables are ranges of the file itself. Counts have 16 bits: no product wraps.
  const Bounds file(0, h.file_bytes);
  const auto holds = [&file](std::uint32_t offset, std::uint32_t count, std::uint32_t each) {
    return file.Reads(offset, count * each, 4);
  };
  return h.arena_bytes <= kMaxFile && h.constants % 16 == 0 && holds(h.steps, h.step_count, 4) &&
         holds(h.tensors, h.tensor_count, sizeof(TensorRecord)) &&
         holds(h.ports, h.input_count + h.output_count, sizeof(PortRecord)) &&
         holds(h.states, h.state_count, sizeof(StateRecord)) &&
         holds(h.shapes, h.shape_words, 4) && file.Reads(h.constants, h.constant_bytes);
}

bool Model::TensorsAreValid() const {
  const Header& h = header();
  const Bounds bounds(h.constant_bytes, h.arena_bytes);
  const TensorRecord* records = At<TensorRecord>(h.tensors);
  const std::uint32_t* dimensions = At<std::uint32_t>(h.shapes);
  for (unsigned i = 0; i < h.tensor_count; ++i) {
    const TensorRecord& t = records[i];
    if (t.type >= kTypeCount || t.shape + t.rank > h.shape_words || t.first_cut > t.last_cut ||
        t.last_cut > h.step_count) {
      return false;
    }
    const std::uint32_t element = SizeOf(static_cast<Type>(t.type));
    std::uint64_t bytes = element;
    for (unsigned d = 0; d < t.rank; ++d) bytes = Product(bytes, dimensions[t.shape + d]);
    if (bytes != t.bytes || !bounds.Reads(t.data, t.bytes, element)) return false;
  }
  return true;
}

bool Model::PortsAreValid() const {
  const Header& h = header();
  const Bounds file(0, h.file_bytes);
  const PortRecord* records = At<PortRecord>(h.ports);
  for (unsigned i = 0; i < unsigned{h.input_count} + h.output_count; ++i) {
    const PortRecord& p = records[i];
    if (p.tensor >= h.tensor_count || !file.Reads(p.name, p.name_bytes)) return false;
    const Ref data = At<TensorRecord>(h.tensors)[p.tensor].data;
    if (i < h.input_count && (data & kConstantBit) != 0) return false;
  }
  return true;
}

bool Model::StatesAreValid() const {
  const Bounds bounds(0, header().arena_bytes);
  for (const StateRecord& state : states()) {
    if (!bounds.Writes(state.offset, state.bytes)) return false;
  }
  return true;
}

Status Model::VerifySteps() const {
  const Header& h = header();
  const Bounds file(0, h.file_bytes);
  const Bounds bounds(h.constant_bytes, h.arena_bytes);
  const std::uint32_t* offsets = At<std::uint32_t>(h.steps);
  for (std::uint16_t i = 0; i < h.step_count; ++i) {
    if (!file.Reads(offsets[i], sizeof(StepRecord), 4)) return Status::kInvalidArgument;
    const StepRecord& record = step(i);
    const OperatorEntry* entry = Find(operators_, record.opcode);
    if (entry == nullptr) return Status::kUnimplemented;
    if (record.param_bytes != entry->param_bytes ||
        !file.Reads(offsets[i], sizeof(StepRecord) + std::uint64_t{record.param_bytes}) ||
        !entry->verify(&record + 1, bounds)) {
      return Status::kInvalidArgument;
    }
  }
  return Status::kOk;
}

bool Model::CheckCrc() const {
  return Crc32({bytes_ + kCrcStart, header().file_bytes - kCrcStart}) == header().crc32;
}

const OperatorEntry& Model::EntryOf(std::uint16_t opcode) const {
  return *Find(operators_, opcode);
}

TensorInfo Model::tensor(std::uint16_t index) const {
  const TensorRecord& t = At<TensorRecord>(header().tensors)[index];
  const std::uint32_t* dimensions = At<std::uint32_t>(header().shapes) + t.shape;
  return {
      static_cast<Type>(t.type), {dimensions, t.rank}, t.bytes, t.data, t.first_cut, t.last_cut};
}

Port Model::port(std::uint16_t index) const {
  const PortRecord& p = At<PortRecord>(header().ports)[index];
  return {{At<char>(p.name), p.name_bytes}, p.tensor, p.scale, p.zero_point};
}

}  // namespace tinyfog::nn
