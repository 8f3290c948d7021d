#include <cstdint>
#include <cstdlib>

#include "infer_request.h"

// A request as it comes from the wire: whatever parses must be read or refused, and what is read
// has one name, type and byte string per input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ::inference::ModelInferRequest message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  const auto spec = tinyfog::rpc::ReadInferRequest(message, std::chrono::steady_clock::now());
  if (!spec.ok()) return 0;
  const auto& request = spec->request;
  if (request.inputs.size() != static_cast<std::size_t>(message.inputs_size())) std::abort();
  if (request.outputs.size() != static_cast<std::size_t>(message.outputs_size())) std::abort();
  if (!spec->classes.empty() && spec->classes.size() != request.outputs.size()) std::abort();
  if (request.version < 0) std::abort();
  for (const auto& input : request.inputs) {
    if (message.raw_input_contents_size() == 0 &&
        input.bytes.size() % tinyfog::inference::ElementSize(input.type) != 0) {
      std::abort();
    }
  }
  return 0;
}
