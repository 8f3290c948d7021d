#include <cstddef>
#include <cstdint>

#include "sample_graph_for_test.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/tflite/schema_generated.h"

// Hostile models: bytes as a .tflite file; and a graph whose shapes, types, attributes and
// constants the input has changed within what tflite::Check guarantees.
namespace {

using namespace tinyfog;

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ < 4; }
  std::uint8_t Byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  std::size_t Below(std::size_t limit) { return limit == 0 ? 0 : (Byte() | Byte() << 8) % limit; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

std::int32_t Dimension(Input& input) {
  constexpr std::int32_t kChoices[] = {1, 2, 3, 4, 5, 16, 255, 256, 65535, 65536};
  return kChoices[input.Below(10)];
}

void ChangeTensor(graph::Tensor& tensor, Input& input) {
  switch (input.Below(5)) {
    case 0:
      if (!tensor.shape.empty()) tensor.shape[input.Below(tensor.shape.size())] = Dimension(input);
      break;
    case 1:
      tensor.shape.push_back(Dimension(input));
      break;
    case 2:
      if (!tensor.shape.empty()) tensor.shape.pop_back();
      break;
    case 3:
      tensor.type = static_cast<nn::Type>(input.Below(nn::kTypeCount));
      break;
    default:
      tensor.quantization.scales.assign(input.Below(6), 1e-3f);
      tensor.quantization.zero_points.assign(tensor.quantization.scales.size(), 0);
  }
  // What the reader of .tflite files guarantees.
  while (tensor.elements() >= (std::size_t{1} << 24)) tensor.shape.pop_back();
  if (tensor.constant) {
    if (tensor.bytes() > 1 << 20) {
      tensor.constant.reset();
    } else {
      tensor.constant->resize(tensor.bytes());
      if (!tensor.constant->empty()) {
        (*tensor.constant)[input.Below(tensor.constant->size())] = input.Byte();
      }
    }
  }
}

void ChangeNode(graph::Node& node, std::size_t tensors, Input& input) {
  graph::Attributes& a = node.attributes;
  switch (input.Below(6)) {
    case 0:
      node.op =
          static_cast<graph::Op>(input.Below(static_cast<std::size_t>(graph::Op::kUnpack) + 1));
      break;
    case 1:
      node.inputs[input.Below(node.inputs.size())] = static_cast<int>(input.Below(tensors + 1)) - 1;
      break;
    case 2:
      a.stride_height = a.filter_width = a.dilation_width = static_cast<std::int8_t>(input.Byte());
      break;
    case 3:
      a.axis = a.block_size = a.batch_dims = static_cast<std::int8_t>(input.Byte());
      break;
    case 4:
      a.begin_mask = a.end_mask = a.shrink_axis_mask = input.Byte();
      break;
    default:
      a.align_corners = a.adjoint_x = a.reverse = input.Byte() & 1;
      a.half_pixel_centers = a.adjoint_y = a.symmetric = input.Byte() & 1;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto model = tflite::Parse({data, size}); model.ok()) {
    if (const auto graph = graph::FromTflite(**model); graph.ok()) (void)compile::Compile(*graph);
  }
  Input input(data, size);
  graph::Graph graph = compile::SampleGraph();
  while (!input.empty()) {
    if (input.Byte() & 1) {
      ChangeTensor(graph.tensors[input.Below(graph.tensors.size())], input);
    } else {
      ChangeNode(graph.nodes[input.Below(graph.nodes.size())], graph.tensors.size(), input);
    }
  }
  for (const nn::Target target :
       {nn::Target::kPortable, nn::Target::kCortexMDsp, nn::Target::kCortexMHelium,
        nn::Target::kX86Pairs, nn::Target::kX86Quads}) {
    (void)compile::Compile(graph, {.target = target});
  }
  return 0;
}
