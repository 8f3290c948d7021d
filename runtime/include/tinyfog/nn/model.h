#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/result.h"
#include "tinyfog/nn/format.h"
#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// A tensor of a model as its users see it.
struct TensorInfo {
  Type type;
  std::span<const std::uint32_t> shape;  // in the model's bytes
  std::uint32_t bytes;
  Ref data;
  std::uint16_t first_cut;
  std::uint16_t last_cut;
};

/// An input or output: its tensor and what it means.
struct Port {
  std::string_view name;  // in the model's bytes; may be empty
  std::uint16_t tensor;
  float scale;  // 0: not quantised
  std::int32_t zero_point;
};

/// A verified .tfm file, executed where it lies. Small, copyable; `bytes` and the operator table
/// must outlive it and every Interpreter. Immutable: any number of threads.
class Model {
 public:
  /// Verifies everything that running relies on: records, offsets, the parameters of each step and
  /// the memory that each reads and writes. `bytes` must be aligned to 16. The CRC is not read:
  /// see CheckCrc. Errors: kInvalidArgument for anything malformed or misaligned;
  /// kFailedPrecondition for another format version or target; kUnimplemented for a step that
  /// `operators` lacks.
  static Result<Model> Open(std::span<const std::uint8_t> bytes, OperatorTable operators,
                            Target target = Target::kPortable);

  /// Whether the bytes are those that the compiler wrote.
  bool CheckCrc() const;

  std::uint32_t arena_bytes() const { return header().arena_bytes; }
  std::uint16_t step_count() const { return header().step_count; }
  std::uint16_t tensor_count() const { return header().tensor_count; }
  std::uint16_t input_count() const { return header().input_count; }
  std::uint16_t output_count() const { return header().output_count; }

  /// Preconditions: indices in range.
  TensorInfo tensor(std::uint16_t index) const;
  Port input(std::uint16_t index) const { return port(index); }
  Port output(std::uint16_t index) const {
    return port(static_cast<std::uint16_t>(header().input_count + index));
  }
  const StepRecord& step(std::uint16_t index) const {
    return *At<StepRecord>(At<std::uint32_t>(header().steps)[index]);
  }
  std::span<const StateRecord> states() const {
    return {At<StateRecord>(header().states), header().state_count};
  }
  const std::uint8_t* constants() const { return bytes_ + header().constants; }
  const OperatorEntry& EntryOf(std::uint16_t opcode) const;
  const Header& header() const { return *At<Header>(0); }

 private:
  Model(const std::uint8_t* bytes, OperatorTable operators)
      : bytes_(bytes), operators_(operators) {}

  template <class T>
  const T* At(std::uint32_t offset) const {
    return reinterpret_cast<const T*>(bytes_ + offset);
  }
  Port port(std::uint16_t index) const;
  bool LayoutIsValid() const;
  bool TensorsAreValid() const;
  bool PortsAreValid() const;
  bool StatesAreValid() const;
  Status VerifySteps() const;

  const std::uint8_t* bytes_;
  OperatorTable operators_;
};

}  // namespace tinyfog::nn
