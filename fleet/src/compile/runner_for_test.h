#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/compile/compile.h"
#include "tinyfog/compile/executable.h"
#include "tinyfog/nn/x86.h"

namespace tinyfog::compile {

/// For whom models are compiled and with which kernels they run: "portable", "cortex-m4",
/// "cortex-m55", and on this machine "avx2", "emulated-quads", ... (nn::X86Isa).
struct Variant {
  nn::Target target = nn::Target::kPortable;
  std::optional<nn::X86Isa> isa;
};
/// Precondition: one of the names.
Variant VariantNamed(const std::string& name);
std::vector<std::string> VariantNames();

/// A compiled model with everything that it needs to run.
class Runner {
 public:
  /// With the kernels of `isa`, or the target's best.
  static Outcome<std::unique_ptr<Runner>> FromGraph(graph::Graph graph, const Options& options = {},
                                                    std::optional<nn::X86Isa> isa = {});
  /// Reads, imports and compiles a .tflite file.
  static Outcome<std::unique_ptr<Runner>> FromTflite(const std::string& path,
                                                     const Options& options = {},
                                                     std::optional<nn::X86Isa> isa = {});

  nn::Interpreter& interpreter() { return executable_->interpreter(); }
  const Compiled& compiled() const { return compiled_; }
  const graph::Graph& graph() const { return graph_; }
  /// The record of a tensor of the graph. Precondition: it has one.
  std::uint16_t RecordOf(int tensor) const {
    return static_cast<std::uint16_t>(compiled_.tensor_records[static_cast<std::size_t>(tensor)]);
  }

 private:
  Runner(graph::Graph graph, Compiled compiled, std::unique_ptr<Executable> executable)
      : graph_(std::move(graph)),
        compiled_(std::move(compiled)),
        executable_(std::move(executable)) {}

  graph::Graph graph_;
  Compiled compiled_;
  std::unique_ptr<Executable> executable_;
};

class InputBytes;

/// A tensor as the model's file has it: the channels that passes removed are filled in.
struct Layer {
  std::vector<std::uint8_t> bytes;
  std::vector<bool> known;  // of each byte; not those of channels that nothing depended on
  double FloatAt(std::size_t byte) const {
    float value;
    std::memcpy(&value, &bytes[byte], sizeof(value));
    return value;
  }
  bool is_known() const { return std::find(known.begin(), known.end(), false) == known.end(); }
};
/// Runs step by step on inputs from `source` (floats from -2 to 2) and collects every tensor of the
/// graph that there is at some cut.
std::map<int, Layer> RunLayers(Runner& runner, InputBytes& source);

/// Where two compilations of one graph differ on the inputs of a seed, in any tensor that both
/// have; empty if they do not.
std::string FirstDifference(Runner& a, Runner& b, std::uint32_t seed);

/// The same for graphs of floats: the largest difference, as a part of the largest value anywhere,
/// at least of 1.
double LargestDifference(Runner& a, Runner& b, std::uint32_t seed);

/// The folder of shared reference data, or nothing when it is not there.
std::optional<std::string> SharedFolder();

/// The generator of golden and opsuite inputs: x = x * 1664525 + 1013904223, byte = x >> 24.
class InputBytes {
 public:
  explicit InputBytes(std::uint32_t seed) : x_(seed) {}
  std::uint8_t Next() {
    x_ = x_ * 1664525u + 1013904223u;
    return static_cast<std::uint8_t>(x_ >> 24);
  }

 private:
  std::uint32_t x_;
};

}  // namespace tinyfog::compile
