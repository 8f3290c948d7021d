#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tinyfog/v1/fleet.pb.h"

namespace tinyfog::fleet {

using NodePtr = std::shared_ptr<const v1::Node>;

/// One reader of the nodes that begin with a prefix. Destroying it ends the watch.
class Watch {
 public:
  virtual ~Watch() = default;
  /// A node that has changed since it was last given, as it is now; at first every node. Null when
  /// `wait` has passed or Close was called. One that was removed comes with its id alone. Any
  /// thread, one at a time.
  virtual NodePtr Next(std::chrono::milliseconds wait) = 0;
  /// Wakes Next for good. Any thread.
  virtual void Close() = 0;
};

/// The nodes as they were published last, for any thread. Must outlive its watches.
class Board {
 public:
  static std::unique_ptr<Board> Create();
  virtual ~Board() = default;
  virtual NodePtr Get(const std::string& id) const = 0;  ///< null: unknown
  virtual std::vector<NodePtr> List(const std::string& prefix) const = 0;
  virtual std::unique_ptr<Watch> WatchNodes(const std::string& prefix) = 0;
  virtual void Publish(const v1::Node& node) = 0;
  virtual void Remove(const std::string& id) = 0;
};

}  // namespace tinyfog::fleet
