#include "lifetimes.h"

#include <algorithm>

namespace tinyfog::compile {
namespace {

constexpr int kUnused = -2;

void Touch(Buffer& buffer, int step) {
  if (buffer.last == kUnused) buffer.first = step;
  buffer.first = std::min(buffer.first, step);
  buffer.last = std::max(buffer.last, step);
}

Buffer* BufferOf(Program& program, int tensor) {
  const int buffer = program.storage[static_cast<std::size_t>(tensor)].buffer;
  return buffer < 0 ? nullptr : &program.buffers[static_cast<std::size_t>(buffer)];
}

}  // namespace

void SetLifetimes(const graph::Graph& graph, Program& program) {
  const int end = static_cast<int>(program.steps.size());
  for (Buffer& buffer : program.buffers) {
    buffer.first = -1;
    buffer.last = buffer.is_state ? end : kUnused;
  }
  for (int i = 0; i < end; ++i) {
    for (const Patch& patch : program.steps[static_cast<std::size_t>(i)].patches) {
      Touch(program.buffers[static_cast<std::size_t>(patch.buffer)], i);
    }
  }
  for (const int tensor : graph.inputs) {
    if (Buffer* buffer = BufferOf(program, tensor)) Touch(*buffer, -1);
  }
  for (const int tensor : graph.outputs) {
    if (Buffer* buffer = BufferOf(program, tensor)) Touch(*buffer, end);
  }
}

void JoinInPlace(Program& program, const std::set<int>& apart) {
  std::vector<bool> taken(program.buffers.size());
  for (Buffer& buffer : program.buffers) buffer.joined = -1;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    for (const Step::Reusable& candidate : step.reusable) {
      Buffer& output = program.buffers[static_cast<std::size_t>(step.output)];
      const Buffer& input = program.buffers[static_cast<std::size_t>(candidate.buffer)];
      const int at = static_cast<int>(i);
      const bool fits = candidate.distance == 0
                            ? output.bytes <= input.bytes
                            : apart.contains(at) && candidate.distance < output.bytes;
      if (!fits || taken[static_cast<std::size_t>(candidate.buffer)] || input.is_state ||
          output.is_state || output.joined >= 0 || candidate.buffer == step.output ||
          input.last != at || output.first != at) {
        continue;
      }
      output.joined = candidate.buffer;
      output.distance = candidate.distance;
      taken[static_cast<std::size_t>(candidate.buffer)] = true;
    }
  }
}

}  // namespace tinyfog::compile
