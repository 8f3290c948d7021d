#include "classification.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

namespace tinyfog::rpc {
namespace {

using inference::DataType;

void AppendText(const std::string& text, std::string& bytes) {
  const auto length = static_cast<std::uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>((length >> shift) & 0xff));
  }
  bytes += text;
}

/// NaN counts as smaller than every number, so that the order is total.
template <class T>
bool Larger(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
  }
  return a > b;
}

template <class T>
void ClassifyRow(const std::uint8_t* row, std::size_t elements, std::size_t count,
                 const std::vector<std::string>& labels, std::string& bytes) {
  std::vector<T> values(elements);
  std::memcpy(values.data(), row, elements * sizeof(T));
  std::vector<std::size_t> order(elements);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto first = [&values](std::size_t a, std::size_t b) {
    return Larger(values[a], values[b]) || (!Larger(values[b], values[a]) && a < b);
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    first);
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = std::to_string(values[order[i]]) + ":" + std::to_string(order[i]);
    if (order[i] < labels.size() && !labels[order[i]].empty()) text += ":" + labels[order[i]];
    AppendText(text, bytes);
  }
}

using RowFunction = void (*)(const std::uint8_t*, std::size_t, std::size_t,
                             const std::vector<std::string>&, std::string&);

RowFunction RowFunctionFor(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return ClassifyRow<std::int8_t>;
    case DataType::kInt16:
      return ClassifyRow<std::int16_t>;
    case DataType::kInt32:
      return ClassifyRow<std::int32_t>;
    case DataType::kInt64:
      return ClassifyRow<std::int64_t>;
    case DataType::kUint8:
      return ClassifyRow<std::uint8_t>;
    case DataType::kUint16:
      return ClassifyRow<std::uint16_t>;
    case DataType::kUint32:
      return ClassifyRow<std::uint32_t>;
    case DataType::kUint64:
      return ClassifyRow<std::uint64_t>;
    case DataType::kFp32:
      return ClassifyRow<float>;
    case DataType::kFp64:
      return ClassifyRow<double>;
    case DataType::kFp16:
    case DataType::kBool:
      break;
  }
  return nullptr;
}

}  // namespace

Outcome<Classification> Classify(const inference::Tensor& tensor, std::uint32_t count, bool batched,
                                 const std::vector<std::string>& labels) {
  const RowFunction classify_row = RowFunctionFor(tensor.type);
  if (classify_row == nullptr) {
    return InvalidArgument("output '" + tensor.name + "' of datatype " + DataTypeName(tensor.type) +
                           " cannot be classified");
  }
  const std::size_t size = inference::ElementSize(tensor.type);
  const std::size_t rows =
      batched && !tensor.shape.empty() ? static_cast<std::size_t>(tensor.shape[0]) : 1;
  const std::size_t elements = rows == 0 ? 0 : tensor.bytes.size() / size / rows;
  if (elements == 0) {
    return InvalidArgument("output '" + tensor.name + "' has no elements to classify");
  }
  const std::size_t classes = std::min<std::size_t>(count, elements);
  Classification result;
  if (batched) result.shape.push_back(static_cast<std::int64_t>(rows));
  result.shape.push_back(static_cast<std::int64_t>(classes));
  for (std::size_t row = 0; row < rows; ++row) {
    classify_row(tensor.bytes.data() + row * elements * size, elements, classes, labels,
                 result.bytes);
  }
  return result;
}

}  // namespace tinyfog::rpc
