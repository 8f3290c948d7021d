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

int RootOf(const Program& program, int buffer) {
  while (program.buffers[static_cast<std::size_t>(buffer)].joined >= 0) {
    buffer = program.buffers[static_cast<std::size_t>(buffer)].joined;
  }
  return buffer;
}

void JoinInPlace(Program& program) {
  std::vector<bool> taken(program.buffers.size());
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    for (const int candidate : step.reusable) {
      Buffer& output = program.buffers[static_cast<std::size_t>(step.output)];
      const Buffer& input = program.buffers[static_cast<std::size_t>(candidate)];
      const int at = static_cast<int>(i);
      if (taken[static_cast<std::size_t>(candidate)] || input.is_state || output.is_state ||
          output.joined >= 0 || candidate == step.output || input.last != at ||
          output.first != at || output.bytes > input.bytes) {
        continue;
      }
      output.joined = candidate;
      taken[static_cast<std::size_t>(candidate)] = true;
    }
  }
}

}  // namespace tinyfog::compile
