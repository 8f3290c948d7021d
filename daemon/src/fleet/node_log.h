#pragma once

#include <string>

#include "line_budget.h"
#include "tinyfog/registry/registry.h"

namespace tinyfog::fleet {

/// Tells the log which nodes come and go, for somebody who reads it at night: one line for each
/// change, unless many change at once (LineBudget). Nodes that are merely in sight again, because
/// this gateway or the broker was away, are told together; those that are not, two minutes later.
/// No clock of its own. One thread.
class NodeLog {
 public:
  NodeLog(std::string site, const registry::Registry& nodes);

  /// A state message made `now` of `before`; null: the node was unknown.
  void Changed(registry::Change change, const v1::Node* before, const v1::Node& now,
               distribute::Time at);
  void Connected(distribute::Time at);
  /// Before the registry forgets who was connected. Only the first call of an outage counts.
  void Disconnected(distribute::Time at);
  void Tick(distribute::Time at);

 private:
  void Came(const v1::Node* before, const v1::Node& now, distribute::Time at);
  void Lost(const v1::Node& before, const v1::Node& now, distribute::Time at);
  void Left(const v1::Node& now, distribute::Time at);
  void TellSeenAgain(distribute::Time at);
  void TellMissing(distribute::Time at);

  const std::string site_;
  const registry::Registry& nodes_;
  LineBudget came_, lost_, left_;
  bool is_connected_ = false;
  std::size_t seen_again_ = 0;
  distribute::Time seen_again_at_{0};  ///< the last one
  distribute::Time missing_at_{0};     ///< when to tell who is missing; 0: not
};

}  // namespace tinyfog::fleet
