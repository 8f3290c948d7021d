#include <omp.h>

#include <dnnl.hpp>

#include "tinyfog/train/layer.h"

namespace tinyfog::train {
namespace {

using dnnl::memory;
using dnnl::prop_kind;
using Arguments = std::unordered_map<int, memory>;

const dnnl::engine& Engine() {
  static const dnnl::engine engine = [] {
    // The same instructions and order of sums on every x86-64 processor, so that a seed gives the
    // same model.
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::sse41);
    omp_set_num_threads(1);
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

memory::desc Describe(const memory::dims& dims, memory::format_tag tag) {
  return {dims, memory::data_type::f32, tag};
}

memory Wrap(const memory::desc& desc, std::span<const float> data) {
  // oneDNN takes inputs as pointers to non-const, but does not write them.
  return {desc, Engine(), const_cast<float*>(data.data())};
}

void Run(const dnnl::primitive& primitive, const Arguments& arguments) {
  dnnl::stream stream(Engine());
  primitive.execute(stream, arguments);
  stream.wait();
}

/// y = max(x, 0) in place, and its gradient.
class Relu {
 public:
  explicit Relu(const memory::desc& desc)
      : desc_(desc),
        forward_({{prop_kind::forward_training, kKind, desc, 0.0f}, Engine()}),
        backward_({{kKind, desc, desc, 0.0f}, Engine(), forward_}) {}

  void Forward(std::span<float> y) {
    const memory m = Wrap(desc_, y);
    Run(dnnl::eltwise_forward(forward_), {{DNNL_ARG_SRC, m}, {DNNL_ARG_DST, m}});
  }
  void Backward(std::span<const float> y, std::span<float> dy) {
    const memory d = Wrap(desc_, dy);
    Run(dnnl::eltwise_backward(backward_),
        {{DNNL_ARG_DST, Wrap(desc_, y)}, {DNNL_ARG_DIFF_DST, d}, {DNNL_ARG_DIFF_SRC, d}});
  }

 private:
  // By the output, because the input is overwritten.
  static constexpr auto kKind = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
  memory::desc desc_;
  dnnl::eltwise_forward::primitive_desc forward_;
  dnnl::eltwise_backward::primitive_desc backward_;
};

/// What a layer with weights computes by: three primitives over the same four shapes.
struct Primitives {
  memory::desc source, weights, bias, destination;
  dnnl::primitive forward, backward_data, backward_weights;
};

Primitives ConvolutionPrimitives(const LayerSpec& spec, Extent in, int batch) {
  using Tag = memory::format_tag;
  const auto kind = dnnl::algorithm::convolution_direct;
  const int output_width = spec.OutputOf(in).width;
  Primitives p;
  p.source = Describe({batch, in.channels, 1, in.width}, Tag::nhwc);
  p.weights = Describe({spec.outputs, in.channels, 1, spec.width}, Tag::hwio);
  p.bias = Describe({spec.outputs}, Tag::x);
  p.destination = Describe({batch, spec.outputs, 1, output_width}, Tag::nhwc);
  const memory::dims strides{1, spec.stride};
  const int before = spec.PaddingBefore(in.width);
  const memory::dims padding{0, before}, padding_end{0, spec.PaddingTotal(in.width) - before};
  const dnnl::convolution_forward::primitive_desc forward(
      {prop_kind::forward_training, kind, p.source, p.weights, p.bias, p.destination, strides,
       padding, padding_end},
      Engine());
  p.forward = dnnl::convolution_forward(forward);
  p.backward_data = dnnl::convolution_backward_data(
      {{kind, p.source, p.weights, p.destination, strides, padding, padding_end},
       Engine(),
       forward});
  p.backward_weights = dnnl::convolution_backward_weights(
      {{kind, p.source, p.weights, p.bias, p.destination, strides, padding, padding_end},
       Engine(),
       forward});
  return p;
}

Primitives DensePrimitives(const LayerSpec& spec, Extent in, int batch) {
  using Tag = memory::format_tag;
  Primitives p;
  p.source = Describe({batch, in.size()}, Tag::nc);
  p.weights = Describe({spec.outputs, in.size()}, Tag::oi);
  p.bias = Describe({spec.outputs}, Tag::x);
  p.destination = Describe({batch, spec.outputs}, Tag::nc);
  const dnnl::inner_product_forward::primitive_desc forward(
      {prop_kind::forward_training, p.source, p.weights, p.bias, p.destination}, Engine());
  p.forward = dnnl::inner_product_forward(forward);
  p.backward_data =
      dnnl::inner_product_backward_data({{p.source, p.weights, p.destination}, Engine(), forward});
  p.backward_weights = dnnl::inner_product_backward_weights(
      {{p.source, p.weights, p.bias, p.destination}, Engine(), forward});
  return p;
}

class Weighted : public Layer {
 public:
  Weighted(Primitives primitives, bool relu) : p_(std::move(primitives)) {
    if (relu) relu_ = std::make_unique<Relu>(p_.destination);
  }

  void Forward(std::span<const float> x, std::span<float> y) override {
    Run(p_.forward, {{DNNL_ARG_SRC, Wrap(p_.source, x)},
                     {DNNL_ARG_WEIGHTS, Wrap(p_.weights, weights.value)},
                     {DNNL_ARG_BIAS, Wrap(p_.bias, bias.value)},
                     {DNNL_ARG_DST, Wrap(p_.destination, y)}});
    if (relu_) relu_->Forward(y);
  }

  void Backward(std::span<const float> x, std::span<const float> y, std::span<float> dy,
                std::span<float> dx) override {
    if (relu_) relu_->Backward(y, dy);
    const memory diff = Wrap(p_.destination, dy);
    Run(p_.backward_weights, {{DNNL_ARG_SRC, Wrap(p_.source, x)},
                              {DNNL_ARG_DIFF_DST, diff},
                              {DNNL_ARG_DIFF_WEIGHTS, Wrap(p_.weights, weights.gradient)},
                              {DNNL_ARG_DIFF_BIAS, Wrap(p_.bias, bias.gradient)}});
    if (dx.empty()) return;
    Run(p_.backward_data, {{DNNL_ARG_DIFF_DST, diff},
                           {DNNL_ARG_WEIGHTS, Wrap(p_.weights, weights.value)},
                           {DNNL_ARG_DIFF_SRC, Wrap(p_.source, dx)}});
  }

 private:
  Primitives p_;
  std::unique_ptr<Relu> relu_;
};

class GlobalAveragePool : public Layer {
 public:
  GlobalAveragePool(Extent in, int batch)
      : source_(Describe({batch, in.channels, 1, in.width}, memory::format_tag::nhwc)),
        destination_(Describe({batch, in.channels, 1, 1}, memory::format_tag::nhwc)) {
    const auto kind = dnnl::algorithm::pooling_avg_exclude_padding;
    const memory::dims window{1, in.width}, none{0, 0};
    const dnnl::pooling_forward::primitive_desc forward(
        {prop_kind::forward_training, kind, source_, destination_, window, window, none, none},
        Engine());
    forward_ = dnnl::pooling_forward(forward);
    backward_ = dnnl::pooling_backward(
        {{kind, source_, destination_, window, window, none, none}, Engine(), forward});
  }

  void Forward(std::span<const float> x, std::span<float> y) override {
    Run(forward_, {{DNNL_ARG_SRC, Wrap(source_, x)}, {DNNL_ARG_DST, Wrap(destination_, y)}});
  }

  void Backward(std::span<const float>, std::span<const float>, std::span<float> dy,
                std::span<float> dx) override {
    if (dx.empty()) return;
    Run(backward_,
        {{DNNL_ARG_DIFF_DST, Wrap(destination_, dy)}, {DNNL_ARG_DIFF_SRC, Wrap(source_, dx)}});
  }

 private:
  memory::desc source_, destination_;
  dnnl::primitive forward_, backward_;
};

}  // namespace

std::unique_ptr<Layer> MakeLayer(const LayerSpec& spec, Extent input, int batch) {
  if (spec.kind == LayerSpec::Kind::kGlobalAveragePool) {
    return std::make_unique<GlobalAveragePool>(input, batch);
  }
  const bool convolution = spec.kind == LayerSpec::Kind::kConvolution;
  auto layer = std::make_unique<Weighted>(
      convolution ? ConvolutionPrimitives(spec, input, batch) : DensePrimitives(spec, input, batch),
      spec.relu);
  const auto count = static_cast<std::size_t>(spec.WeightCount(input));
  const auto outputs = static_cast<std::size_t>(spec.outputs);
  layer->weights = {std::vector<float>(count), std::vector<float>(count)};
  layer->bias = {std::vector<float>(outputs), std::vector<float>(outputs)};
  return layer;
}

void Softmax(std::span<const float> x, std::span<float> y, int classes) {
  const memory::dims dims{static_cast<long>(x.size()) / classes, classes};
  const memory::desc desc = Describe(dims, memory::format_tag::nc);
  Run(dnnl::softmax_forward({{prop_kind::forward_inference, desc, 1}, Engine()}),
      {{DNNL_ARG_SRC, Wrap(desc, x)}, {DNNL_ARG_DST, Wrap(desc, y)}});
}

}  // namespace tinyfog::train
