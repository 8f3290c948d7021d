#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

/// TensorFlow Lite model files. The generated types (ModelT, TensorT, ...) are in
/// "tinyfog/tflite/schema_generated.h", which only those who look inside a model need to include.
namespace tinyfog::tflite {

struct ModelT;
struct OperatorT;
struct SubGraphT;
struct TensorT;
enum class TensorType : std::int8_t;
enum class BuiltinOperator : std::int32_t;

/// Reads a model file and checks everything once, so that later code can trust it:
/// * version 3, at least one subgraph; no null tensor, operator, operator code, buffer or subgraph;
/// * every index of tensors, buffers, operator codes and subgraphs is in range;
/// * shapes have no negative entry and their product is below 2^31;
/// * a constant's buffer has exactly the bytes that shape and type need (strings, sparse tensors
///   and resources excepted);
/// * quantisation: 0, 1 or shape[quantized_dimension] scales, finite and positive; no zero points,
///   or as many as scales; the zero points of integer types up to 32 bits fit the type;
/// * operators are in an order in which each input is a constant, a graph input, a variable or an
///   earlier output; no tensor has two producers and no constant has one; graph outputs have a
///   value; the options' type is known.
/// An operator's number of inputs and the meaning of its options stay the caller's to check.
/// `bytes` need no alignment and may be freed afterwards. Errors: kInvalidArgument, with the
/// subgraph's, tensor's or operator's index and name; kUnimplemented for data outside the
/// flatbuffer (files above 2 GB) and for operators newer than the schema.
Outcome<std::unique_ptr<ModelT>> Parse(std::span<const std::uint8_t> bytes);

/// The checks of Parse for a model that was built or changed in memory. Errors as Parse.
Outcome<void> Check(const ModelT& model);

/// The file's bytes; the model must satisfy Check. Equal models give equal bytes.
std::vector<std::uint8_t> Serialize(const ModelT& model);

/// The operator, by the joint rule of the old one-byte and the new field of its operator code.
/// Precondition: checked.
BuiltinOperator OperatorOf(const ModelT& model, const OperatorT& op);
/// The custom code for custom operators, else the public name, such as "CONV_2D". Precondition:
/// checked.
std::string OperatorName(const ModelT& model, const OperatorT& op);
/// "operator 3 (CONV_2D)": for messages.
std::string OperatorText(const ModelT& model, const SubGraphT& graph, std::size_t index);
/// "tensor 7 'conv/weights' (INT8 [8,3,3,1])": for messages. Any index is allowed.
std::string TensorText(const SubGraphT& graph, std::int64_t index);

/// "INT8"; "type 99" outside the enumeration.
std::string TypeName(TensorType type);
/// Bits of one element (4 for INT4); 0 for types without a fixed size (STRING, RESOURCE, VARIANT)
/// or unknown ones.
unsigned ElementBits(TensorType type);
/// Number of elements; 1 for a scalar. Precondition: checked.
std::size_t ElementCount(const TensorT& tensor);
/// Bytes of the dense value; INT4 is packed two to a byte. Precondition: checked; 0 where
/// ElementBits is.
std::size_t ByteSize(const TensorT& tensor);
/// The tensor's constant bytes, empty where it has none. Precondition: checked; lives as long as
/// the model is unchanged.
std::span<const std::uint8_t> ConstantBytes(const ModelT& model, const TensorT& tensor);

/// Makes quantised constants of operators on floats (weights and biases of dynamic-range-quantised
/// models) floats, which kernels that compute in one type need. Precondition: checked; the buffers
/// that it empties of users stay. Returns how many tensors were changed.
std::size_t DequantizeConstants(ModelT& model);

}  // namespace tinyfog::tflite
