#include "event_filter.h"

#include <algorithm>

namespace tinyfog::rpc {

bool Wanted(const v1::WatchEventsRequest& request, const v1::Event& event) {
  if (request.kinds_size() > 0 && std::find(request.kinds().begin(), request.kinds().end(),
                                            event.kind()) == request.kinds().end()) {
    return false;
  }
  if (!request.model().empty()) {
    const std::string& model =
        event.has_model() ? event.model().model() : event.inference().model();
    if (model != request.model()) return false;
  }
  const std::string& node = event.has_node() ? event.node().node() : event.inference().node();
  return request.node().empty() || node == request.node();
}

}  // namespace tinyfog::rpc
