#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tinyfog/fleet/node_message.h"
#include "tinyfog/registry/registry.h"

// A topic, a line break, a payload: whatever is read names a node and has a kind.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto topic = text.substr(0, line);
  const auto payload = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  const auto message = tinyfog::fleet::ParseNodeMessage("s", topic, payload);
  if (message.ok() && !tinyfog::registry::IsNodeId(message->node)) std::abort();
  return 0;
}
