#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tinyfog/mqtt_gateway/topic.h"

// Input: a topic. What parses must build an answer topic that may be published to.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyfog::mqtt_gateway;
  const std::string_view topic(reinterpret_cast<const char*>(data), size);
  const auto request = RequestTopic::Parse("site", topic);
  if (request.ok()) {
    const std::string answer = AnswerTopic("site", *request);
    if (answer.find_first_of(std::string_view("+#\0", 3)) != std::string::npos) std::abort();
    if (!CheckResponseTopic("site", request->node, answer).ok()) std::abort();
    if (NodeOf("site", topic) != request->node) std::abort();
  }
  (void)CheckResponseTopic("site", "node", topic).ok();
  return 0;
}
