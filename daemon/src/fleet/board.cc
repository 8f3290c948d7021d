#include "tinyfog/fleet/board.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace tinyfog::fleet {
namespace {

class MapBoard final : public Board {
 public:
  NodePtr Get(const std::string& id) const override {
    const std::lock_guard lock(mutex_);
    return Look(id);
  }

  std::vector<NodePtr> List(const std::string& prefix) const override {
    const std::lock_guard lock(mutex_);
    std::vector<NodePtr> list;
    for (auto it = nodes_.lower_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix);
         ++it) {
      list.push_back(it->second);
    }
    return list;
  }

  std::unique_ptr<Watch> WatchNodes(const std::string& prefix) override {
    return std::make_unique<BoardWatch>(*this, prefix);
  }

  void Publish(const v1::Node& node) override {
    auto copy = std::make_shared<const v1::Node>(node);
    const std::lock_guard lock(mutex_);
    nodes_[node.id()] = std::move(copy);
    Tell(node.id());
  }

  void Remove(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    nodes_.erase(id);
    Tell(id);
  }

 private:
  class BoardWatch final : public Watch {
   public:
    BoardWatch(MapBoard& board, std::string prefix) : board_(board), prefix_(std::move(prefix)) {
      const std::lock_guard lock(board_.mutex_);
      for (const auto& [id, node] : board_.nodes_) Add(id);
      board_.watches_.insert(this);
    }
    ~BoardWatch() override {
      const std::lock_guard lock(board_.mutex_);
      board_.watches_.erase(this);
    }

    NodePtr Next(std::chrono::milliseconds wait) override {
      std::unique_lock lock(board_.mutex_);
      changed_.wait_for(lock, wait, [this] { return closed_ || !pending_.empty(); });
      if (closed_ || pending_.empty()) return nullptr;
      const std::string id = *pending_.begin();
      pending_.erase(pending_.begin());
      auto node = board_.Look(id);
      if (node) return node;
      auto removed = std::make_shared<v1::Node>();
      removed->set_id(id);
      return removed;
    }

    void Close() override {
      const std::lock_guard lock(board_.mutex_);
      closed_ = true;
      changed_.notify_all();
    }

    void Add(const std::string& id) {  // with the board's lock
      if (!id.starts_with(prefix_)) return;
      pending_.insert(id);
      changed_.notify_all();
    }

   private:
    MapBoard& board_;
    const std::string prefix_;
    std::condition_variable changed_;
    std::set<std::string> pending_;
    bool closed_ = false;
  };

  NodePtr Look(const std::string& id) const {
    const auto it = nodes_.find(id);
    return it == nodes_.end() ? nullptr : it->second;
  }
  void Tell(const std::string& id) {
    for (BoardWatch* watch : watches_) watch->Add(id);
  }

  mutable std::mutex mutex_;
  std::map<std::string, NodePtr> nodes_;
  std::set<BoardWatch*> watches_;
};

}  // namespace

std::unique_ptr<Board> Board::Create() { return std::make_unique<MapBoard>(); }

}  // namespace tinyfog::fleet
