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
  if (const auto desired = wire::ParseDesired(payload); desired.ok()) {
    inside(desired.value().firmware.proof);
    inside(desired.value().model.proof);
    inside(wire::AsBytes(desired.value().model.name));
    inside(wire::AsBytes(desired.value().settings.cascade_model));
  }
  if (const auto command = wire::ParseNodeCommand(payload);
      command.ok() && command.value().verb > wire::NodeCommand::Verb::kSelfTest) {
    std::abort();
  }
  return 0;
}
