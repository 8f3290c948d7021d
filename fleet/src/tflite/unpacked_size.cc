#include "unpacked_size.h"

#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

/// Adds up what is reached.
class Meter {
 public:
  std::uint64_t total() const { return total_; }

  template <class... Vectors>
  void Add(const Vectors*... vectors) {
    ((total_ += vectors ? std::uint64_t{vectors->size()} * sizeof((*vectors)[0]) : 0), ...);
  }

  /// Adds a vector of tables and what `inside` finds in each of them.
  template <class Table, class Inside>
  void AddTables(const flatbuffers::Vector<flatbuffers::Offset<Table>>* tables, Inside inside) {
    if (!tables) return;
    total_ += tables->size() * sizeof(flatbuffers::uoffset_t);
    for (const Table* table : *tables) inside(*table);
  }

 private:
  std::uint64_t total_ = 0;
};

void AddIndices(Meter& meter, SparseIndexVector type, const void* value) {
  if (!value) return;
  if (type == SparseIndexVector::Int32Vector) {
    meter.Add(static_cast<const Int32Vector*>(value)->values());
  } else if (type == SparseIndexVector::Uint16Vector) {
    meter.Add(static_cast<const Uint16Vector*>(value)->values());
  } else if (type == SparseIndexVector::Uint8Vector) {
    meter.Add(static_cast<const Uint8Vector*>(value)->values());
  }
}

void AddTensor(Meter& meter, const Tensor& tensor) {
  meter.Add(tensor.shape(), tensor.name(), tensor.shape_signature());
  if (const auto* q = tensor.quantization()) {
    meter.Add(q->min(), q->max(), q->scale(), q->zero_point());
    if (const auto* custom = q->details_as_CustomQuantization()) meter.Add(custom->custom());
  }
  if (const auto* sparsity = tensor.sparsity()) {
    meter.Add(sparsity->traversal_order(), sparsity->block_map());
    meter.AddTables(sparsity->dim_metadata(), [&](const DimensionMetadata& d) {
      AddIndices(meter, d.array_segments_type(), d.array_segments());
      AddIndices(meter, d.array_indices_type(), d.array_indices());
    });
  }
  meter.AddTables(tensor.variant_tensors(), [&](const VariantSubType& v) { meter.Add(v.shape()); });
}

void AddOperator(Meter& meter, const Operator& op) {
  meter.Add(op.inputs(), op.outputs(), op.custom_options(), op.mutating_variable_inputs(),
            op.intermediates());
  // The options that hold vectors.
  if (const auto* o = op.builtin_options_as_ReshapeOptions()) meter.Add(o->new_shape());
  if (const auto* o = op.builtin_options_as_SqueezeOptions()) meter.Add(o->squeeze_dims());
  if (const auto* o = op.builtin_options_as_BucketizeOptions()) meter.Add(o->boundaries());
  if (const auto* o = op.builtin_options_as_VarHandleOptions()) {
    meter.Add(o->container(), o->shared_name());
  }
  if (const auto* o = op.builtin_options_as_ConcatEmbeddingsOptions()) {
    meter.Add(o->num_columns_per_channel(), o->embedding_dim_per_channel());
  }
}

}  // namespace

std::uint64_t UnpackedSize(const Model& model) {
  Meter meter;
  meter.Add(model.description(), model.metadata_buffer());
  meter.AddTables(model.operator_codes(),
                  [&](const OperatorCode& code) { meter.Add(code.custom_code()); });
  meter.AddTables(model.buffers(), [&](const Buffer& buffer) { meter.Add(buffer.data()); });
  meter.AddTables(model.metadata(), [&](const Metadata& m) { meter.Add(m.name()); });
  meter.AddTables(model.subgraphs(), [&](const SubGraph& graph) {
    meter.Add(graph.inputs(), graph.outputs(), graph.name());
    meter.AddTables(graph.tensors(), [&](const Tensor& tensor) { AddTensor(meter, tensor); });
    meter.AddTables(graph.operators(), [&](const Operator& op) { AddOperator(meter, op); });
  });
  meter.AddTables(model.signature_defs(), [&](const SignatureDef& signature) {
    const auto name = [&](const TensorMap& map) { meter.Add(map.name()); };
    meter.Add(signature.signature_key());
    meter.AddTables(signature.inputs(), name);
    meter.AddTables(signature.outputs(), name);
  });
  return meter.total();
}

}  // namespace tinyfog::tflite
