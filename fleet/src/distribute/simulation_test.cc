// Many nodes, a broker and a gateway in virtual time. Nodes lose chunks, come late, restart,
// vanish; the broker and the gateway go down. TINYFOG_SEED replays a run.

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "tinyfog/distribute/distributor.h"

namespace tinyfog::distribute {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kBytes = 4097;
constexpr Time kReport = seconds(5);  // node::Updater::kReportMs

struct Scenario {
  int nodes = 100;
  std::uint32_t chunks = 62;
  int artifacts = 1;
  double loss = 0;   // of a chunk on its way to one node
  Time spread{0};    // over which nodes come
  Time slowest{0};   // the longest that a node takes for a chunk
  int restarts = 0;  // of nodes
  int dead = 0;      // nodes that fall silent, unnoticed, in the middle
  int broker_losses = 0;
  int gateway_restarts = 0;
  Time length = seconds(600);
};

class Simulation {
 public:
  Simulation(const Scenario& scenario, std::uint64_t seed) : scenario_(scenario), random_(seed) {
    nodes_.resize(static_cast<std::size_t>(scenario.nodes));
    RestartGateway();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i].digest[0] = static_cast<std::uint8_t>(i % scenario.artifacts);
      nodes_[i].missing.assign(scenario.chunks, true);
      At(Between(Time(0), scenario.spread), [this, i] { Join(i); });
    }
    const Time most = seconds(10);
    for (int i = 0; i < scenario.restarts; ++i) {
      At(Between(Time(0), most), [this] { Restart(AnyNode()); });
    }
    for (int i = 0; i < scenario.dead; ++i) {
      At(Between(Time(0), seconds(2)),
         [this, i] { nodes_[static_cast<std::size_t>(i)].dead = true; });
    }
    for (int i = 0; i < scenario.broker_losses; ++i) {
      At(Between(Time(0), most), [this] { LoseBroker(); });
    }
    for (int i = 0; i < scenario.gateway_restarts; ++i) {
      At(Between(Time(0), most), [this] { RestartGateway(); });
    }
  }

  void Run() {
    while (!events_.empty() && !AllDone()) {
      const Event event = events_.top();
      events_.pop();
      ASSERT_LE(event.at, scenario_.length) << "nodes are left without their artifact";
      now_ = event.at;
      event.act();
      Pump();
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_TRUE(AllDone());
  }

  double Cost() const {
    return static_cast<double>(sent_) /
           (scenario_.chunks * static_cast<double>(scenario_.artifacts));
  }
  Time now() const { return now_; }

 private:
  struct Event {
    Time at;
    std::uint64_t order;
    std::function<void()> act;
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Node {
    Digest digest{};
    std::vector<bool> missing;
    bool subscribed = false;
    bool dead = false;
    std::uint64_t life = 0;  // counts connections: what is for an older one does not arrive
    Time free_at{0};
    std::vector<bool> told;  // missing, as the gateway heard last
    bool done() const { return std::count(missing.begin(), missing.end(), true) == 0; }
  };

  void At(Time at, std::function<void()> act) { events_.push({at, ++order_, std::move(act)}); }
  Time Between(Time low, Time high) {
    return Time(std::uniform_int_distribution<std::int64_t>(low.count(), high.count())(random_));
  }
  bool Chance(double p) { return std::bernoulli_distribution(p)(random_); }
  std::size_t AnyNode() {
    return std::uniform_int_distribution<std::size_t>(0, nodes_.size() - 1)(random_);
  }
  bool AllDone() const {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [](const Node& n) { return n.dead || n.done(); });
  }

  void Join(std::size_t i) {
    Node& node = nodes_[i];
    if (node.dead) return;
    if (!broker_) return At(now_ + seconds(1), [this, i] { Join(i); });
    node.subscribed = true;
    const auto life = ++node.life;
    Report(i, life);
  }

  void Report(std::size_t i, std::uint64_t life) {
    Node& node = nodes_[i];
    if (node.dead || node.life != life || !node.subscribed) return;
    std::vector<std::uint8_t> bits((scenario_.chunks + 7) / 8);
    for (std::size_t c = 0; c < node.missing.size(); ++c) {
      if (node.missing[c]) bits[c / 8] |= 1u << (c % 8);
    }
    At(now_ + Between(milliseconds(1), milliseconds(50)),
       [this, i, life, bits, told = node.missing, done = node.done()] {
         if (nodes_[i].life != life || !broker_) return;
         nodes_[i].told = told;
         if (done) return distributor_->Leave(std::to_string(i));
         distributor_->Report(now_, std::to_string(i), nodes_[i].digest, scenario_.chunks, bits);
       });
    if (!node.done()) At(now_ + kReport, [this, i, life] { Report(i, life); });
  }

  void Restart(std::size_t i) {
    Node& node = nodes_[i];
    if (node.dead || !node.subscribed) return;
    node.subscribed = false;
    node.told.clear();
    ++node.life;
    distributor_->Leave(std::to_string(i));  // its will
    At(now_ + Between(milliseconds(300), seconds(3)), [this, i] { Join(i); });
  }

  void LoseBroker() {
    if (!broker_) return;
    broker_ = false;
    distributor_->Disconnected(now_);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i].subscribed) continue;
      nodes_[i].subscribed = false;
      ++nodes_[i].life;
      At(now_ + Between(seconds(2), seconds(5)), [this, i] { Join(i); });
    }
    At(now_ + seconds(2), [this] {
      broker_ = true;
      distributor_->Connected(now_);
      for (const auto& [ticket, publication] : unacknowledged_) Deliver(publication);
    });
  }

  void RestartGateway() {
    unacknowledged_.clear();
    distributor_ = std::make_unique<Distributor>(options_);
    for (Node& node : nodes_) node.told.clear();
    if (broker_) distributor_->Connected(now_);
  }

  void Pump() {
    while (auto next = distributor_->Next(now_)) {
      ASSERT_TRUE(broker_) << "published without a broker";
      ASSERT_TRUE(IsMissed(*next)) << "chunk " << next->chunk << " was sent, nobody misses it";
      distributor_->Sent(now_, next->ticket, kBytes);
      ++sent_;
      unacknowledged_.emplace(next->ticket, *next);
      ASSERT_LE(unacknowledged_.size(), options_.window_chunks);
      Deliver(*next);
    }
    if (const auto wake = distributor_->Wake()) {
      if (!alarm_ || *wake < *alarm_ || *alarm_ <= now_) {
        alarm_ = std::max(*wake, now_ + Time(1));
        At(*alarm_, [] {});
      }
    }
  }

  bool IsMissed(const Publication& publication) const {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
      return node.digest == publication.digest && !node.told.empty() &&
             node.told[publication.chunk];
    });
  }

  /// The broker acknowledges and passes on, to each node in order.
  void Deliver(const Publication& publication) {
    const auto gateway = distributor_.get();
    At(now_ + Between(Time(200), milliseconds(20)), [this, gateway, ticket = publication.ticket] {
      if (gateway != distributor_.get() || !broker_) return;
      if (unacknowledged_.erase(ticket) > 0) distributor_->Acknowledged(now_, ticket);
    });
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      Node& node = nodes_[i];
      if (!node.subscribed || node.dead || node.digest != publication.digest) continue;
      node.free_at =
          std::max(node.free_at, now_) + Between(Time(100), Time(200) + scenario_.slowest);
      if (Chance(scenario_.loss)) continue;
      At(node.free_at, [this, i, life = node.life, chunk = publication.chunk] {
        Node& to = nodes_[i];
        if (to.life != life || !to.subscribed || to.dead || !to.missing[chunk]) return;
        to.missing[chunk] = false;
        if (to.done()) Report(i, life);
      });
    }
  }

  const Scenario scenario_;
  const Options options_;
  std::mt19937_64 random_;
  Time now_{0};
  std::uint64_t order_ = 0;
  std::priority_queue<Event> events_;
  std::vector<Node> nodes_;
  std::unique_ptr<Distributor> distributor_;
  std::map<std::uint64_t, Publication> unacknowledged_;
  std::optional<Time> alarm_;
  bool broker_ = true;
  std::uint64_t sent_ = 0;
};

std::uint64_t Seed() {
  const char* given = std::getenv("TINYFOG_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20240611;
}

/// Runs it with several seeds; the worst cost, in artifacts.
double WorstCost(const Scenario& scenario, const char* name) {
  double worst = 0;
  for (std::uint64_t seed = Seed(); seed < Seed() + 5; ++seed) {
    SCOPED_TRACE("TINYFOG_SEED=" + std::to_string(seed));
    Simulation simulation(scenario, seed);
    simulation.Run();
    if (testing::Test::HasFailure()) return worst;
    std::printf("%s: seed %llu: %.2f artifacts in %.1f s\n", name,
                static_cast<unsigned long long>(seed), simulation.Cost(),
                std::chrono::duration<double>(simulation.now()).count());
    worst = std::max(worst, simulation.Cost());
  }
  return worst;
}

TEST(DistributorSimulation, AnyNumberOfNodesCostsOneArtifact) {
  for (const int nodes : {1, 20, 200}) {
    EXPECT_EQ(WorstCost({.nodes = nodes, .spread = milliseconds(400)}, "together"), 1.0);
  }
}

TEST(DistributorSimulation, NodesThatComeOneAfterTheOther) {
  EXPECT_LT(WorstCost({.nodes = 200, .spread = seconds(20)}, "spread"), 1.3);
}

TEST(DistributorSimulation, SlowNodesAreNotTakenForLossy) {
  EXPECT_LT(WorstCost({.nodes = 50, .slowest = milliseconds(700)}, "slow"), 1.3);
}

TEST(DistributorSimulation, LossesAreRepaired) {
  EXPECT_LT(WorstCost({.nodes = 10, .loss = 0.01}, "1 % loss"), 1.3);
  EXPECT_LT(WorstCost({.nodes = 100, .loss = 0.2}, "20 % loss"), 8);
}

TEST(DistributorSimulation, TheDeadHoldNobodyUp) {
  EXPECT_LT(WorstCost({.nodes = 100, .dead = 30, .length = seconds(30)}, "dead"), 1.3);
}

TEST(DistributorSimulation, RestartingNodesComplete) {
  EXPECT_LT(WorstCost({.nodes = 50, .spread = seconds(2), .restarts = 40}, "restarts"), 4);
}

TEST(DistributorSimulation, LargeArtifactsOverLossesOfBrokerAndGateway) {
  EXPECT_LT(WorstCost({.nodes = 30, .chunks = 1000, .broker_losses = 3, .gateway_restarts = 5},
                      "outages"),
            2);
}

TEST(DistributorSimulation, EverythingAtOnce) {
  (void)WorstCost({.nodes = 60,
                   .chunks = 150,
                   .artifacts = 4,
                   .loss = 0.05,
                   .spread = seconds(10),
                   .slowest = milliseconds(50),
                   .restarts = 60,
                   .dead = 10,
                   .broker_losses = 3,
                   .gateway_restarts = 4,
                   .length = seconds(900)},
                  "everything");
}

}  // namespace
}  // namespace tinyfog::distribute
