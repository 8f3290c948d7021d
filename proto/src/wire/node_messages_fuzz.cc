#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tinyfog/wire/node_messages.h"

// What a gateway may send to a node.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyfog;
  const wire::Bytes payload(data, size);
  const auto inside = [&](wire::Bytes bytes) {
    if (!bytes.empty() && (bytes.data() < data || bytes.data() + bytes.size() > data + size))
      std::abort();
  };
  if (wire::Desired desired; wire::ParseDesired(payload, desired) == Status::kOk) {
    inside(desired.firmware.proof);
    inside(desired.model.proof);
    inside(wire::AsBytes(desired.model.name));
    inside(wire::AsBytes(desired.settings.cascade_model));
  }
  if (wire::NodeCommand command; wire::ParseNodeCommand(payload, command) == Status::kOk &&
                                 command.verb > wire::NodeCommand::Verb::kSelfTest) {
    std::abort();
  }
  return 0;
}
