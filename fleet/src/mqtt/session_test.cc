#include "tinyfog/mqtt/session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

#include "mosquitto_for_test.h"
#include "nodelay.h"

namespace tinyfog::mqtt {
namespace {

using std::chrono::milliseconds;

class SessionTest : public testing::Test {
 protected:
  struct Client {
    std::vector<Message> messages;
    std::vector<Version> connected;
    std::vector<std::string> disconnected;
    std::unique_ptr<Session> session;  // last: its callbacks use the others until it is gone
  };

  std::unique_ptr<Client> Connect(const std::string& uri, const std::string& filter,
                                  Version version = Version::kAuto, bool wait = true) {
    auto client = std::make_unique<Client>();
    Client* c = client.get();
    SessionOptions options = Options(uri);
    options.version = version;
    SessionCallbacks callbacks;
    callbacks.on_message = [this, c](Message m) {
      waiter_.Change([&] { c->messages.push_back(std::move(m)); });
    };
    callbacks.on_connected = [this, c](Version v) {
      waiter_.Change([&] { c->connected.push_back(v); });
    };
    callbacks.on_disconnected = [this, c](const std::string& reason) {
      waiter_.Change([&] { c->disconnected.push_back(reason); });
    };
    std::vector<Session::Subscription> subscriptions;
    if (!filter.empty()) subscriptions.push_back({filter, 1});
    client->session = Session::Create(options, subscriptions, callbacks).value();
    client->session->Start();
    if (wait) {
      EXPECT_TRUE(waiter_.Until([&] { return !c->connected.empty(); }));
    }
    return client;
  }
  SessionOptions Options(const std::string& uri) {
    SessionOptions options;
    options.uri = uri;
    options.client_id = "client" + std::to_string(++clients_);
    options.reconnect_min = milliseconds(10);
    options.reconnect_max = milliseconds(50);
    return options;
  }
  static Message Make(const std::string& topic, const std::string& payload, int qos) {
    Message m;
    m.topic = topic;
    m.payload = payload;
    m.qos = qos;
    return m;
  }

  int clients_ = 0;
  Waiter waiter_;
  MosquittoForTest broker_{testing::TempDir()};
};

TEST_F(SessionTest, CarriesAllPropertiesOnMqtt5) {
  auto receiver = Connect(broker_.uri(), "a/#");
  auto sender = Connect(broker_.uri(), "");
  EXPECT_EQ(sender->connected[0], Version::k5);
  Message m = Make("a/b", std::string("\0\1\2", 3), 1);
  m.response_topic = "r/t";
  m.correlation_data = std::string("c\0d", 3);
  m.content_type = "application/json";
  m.expiry = std::chrono::seconds(100);
  m.user_properties = {{"status", "3"}, {"reason", "because"}};
  ASSERT_TRUE(sender->session->Publish(m).ok());
  ASSERT_TRUE(waiter_.Until([&] { return receiver->messages.size() == 1; }));
  const Message& got = receiver->messages[0];
  EXPECT_EQ(got.topic, m.topic);
  EXPECT_EQ(got.payload, m.payload);
  EXPECT_EQ(got.qos, 1);
  EXPECT_EQ(got.response_topic, m.response_topic);
  EXPECT_EQ(got.correlation_data, m.correlation_data);
  EXPECT_EQ(got.content_type, m.content_type);
  EXPECT_EQ(got.user_properties, m.user_properties);
  ASSERT_TRUE(got.expiry.has_value());
  EXPECT_LE(got.expiry->count(), 100);
}

TEST_F(SessionTest, SpeaksMqtt311AndQos0AndEmptyPayloads) {
  auto receiver = Connect(broker_.uri(), "a/#", Version::k311);
  EXPECT_EQ(receiver->connected[0], Version::k311);
  auto sender = Connect(broker_.uri(), "", Version::k311);
  ASSERT_TRUE(sender->session->Publish(Make("a/b", "", 0)).ok());
  ASSERT_TRUE(waiter_.Until([&] { return receiver->messages.size() == 1; }));
  EXPECT_EQ(receiver->messages[0].payload, "");
}

TEST_F(SessionTest, PublishFromManyThreadsLosesNothing) {
  auto receiver = Connect(broker_.uri(), "a/#");
  auto sender = Connect(broker_.uri(), "");
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto text = std::to_string(t) + "/" + std::to_string(i);
        EXPECT_TRUE(sender->session->Publish(Make("a/b", text, i % 2)).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(waiter_.Until([&] { return receiver->messages.size() >= kThreads * kEach; }));
  std::set<std::string> distinct;
  for (const Message& m : receiver->messages) distinct.insert(m.payload);
  EXPECT_EQ(distinct.size(), std::size_t{kThreads * kEach});
  ASSERT_TRUE(waiter_.Until([&] { return sender->session->pending() == 0; }));
  EXPECT_EQ(sender->session->stats().published, std::uint64_t{kThreads * kEach});
}

TEST_F(SessionTest, ReconnectsSubscribesAgainAndDeliversWhatWasAccepted) {
  auto receiver = Connect(broker_.uri(), "a/#");
  auto sender = Connect(broker_.uri(), "");
  broker_.Stop();
  ASSERT_TRUE(waiter_.Until([&] { return !sender->disconnected.empty(); }));
  ASSERT_TRUE(waiter_.Until([&] { return !receiver->disconnected.empty(); }));
  EXPECT_FALSE(sender->session->connected());
  EXPECT_EQ(sender->session->Publish(Make("a/b", "no", 0)).error().code, Status::kUnavailable);
  // The receiver must be back first: the broker itself keeps nothing.
  auto late = Make("a/b", "yes", 1);
  broker_.Start();
  ASSERT_TRUE(waiter_.Until([&] { return receiver->connected.size() == 2; }));
  ASSERT_TRUE(sender->session->Publish(late).ok());
  ASSERT_TRUE(waiter_.Until([&] { return receiver->messages.size() == 1; }));
  EXPECT_EQ(receiver->messages[0].payload, "yes");
  EXPECT_EQ(receiver->session->stats().connects, 2u);
}

TEST_F(SessionTest, BrokerOutageUnderQos1LoadLosesNoAcceptedMessage) {
  auto sender = Connect(broker_.uri(), "");
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> accepted{0};
  std::thread load([&] {
    while (!stop) {
      if (sender->session->pending() < 1000 && sender->session->Publish(Make("a/b", "x", 1)).ok()) {
        ++accepted;
      }
    }
  });
  ASSERT_TRUE(waiter_.Until([&] { return sender->session->stats().published > 500; }));
  broker_.Stop();
  ASSERT_TRUE(waiter_.Until([&] { return !sender->disconnected.empty(); }));
  broker_.Start();
  ASSERT_TRUE(waiter_.Until([&] { return sender->connected.size() == 2; }));
  stop = true;
  load.join();
  ASSERT_TRUE(waiter_.Until([&] { return sender->session->pending() == 0; }));
  EXPECT_EQ(sender->session->stats().published, accepted);
  EXPECT_EQ(sender->session->stats().dropped, 0u);
}

TEST_F(SessionTest, WillIsSentWhenTheSessionDiesAndNotWhenItStops) {
  auto receiver = Connect(broker_.uri(), "w/#");
  for (const bool orderly : {true, false}) {
    SessionOptions options = Options(broker_.uri());
    options.client_id = "mortal";
    options.will = Make("w/state", "lost", 1);
    auto session = Session::Create(options, {}, {}).value();
    session->Start();
    ASSERT_TRUE(waiter_.Until([&] { return session->connected(); }));
    if (orderly) {
      ASSERT_TRUE(session->Publish(Make("w/state", "bye", 1)).ok());
      session->Stop(milliseconds(5000));
    } else {
      // A second session with the same id makes the broker throw the first one out.
      options.will.reset();
      auto twin = Session::Create(options, {}, {}).value();
      twin->Start();
      ASSERT_TRUE(waiter_.Until([&] { return receiver->messages.size() == 2; }));
    }
  }
  EXPECT_EQ(receiver->messages[0].payload, "bye");
  EXPECT_EQ(receiver->messages[1].payload, "lost");
}

TEST_F(SessionTest, SocketsToTheBrokerAreFound) {
  EXPECT_EQ(SetNoDelay(broker_.uri().c_str()), 0);
  auto client = Connect(broker_.uri(), "");
  EXPECT_EQ(SetNoDelay(broker_.uri().c_str()), 1);
  EXPECT_EQ(SetNoDelay("mqtt://no-port"), 0);
}

TEST_F(SessionTest, TheLibrarysThreadProvesThatItRunsUnlessACallbackHoldsIt) {
  auto sender = Connect(broker_.uri(), "");
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  std::atomic<bool> held{false};
  SessionCallbacks callbacks;
  callbacks.on_message = [&](const Message&) {
    held = true;
    opened.wait();
  };
  auto session = Session::Create(Options(broker_.uri()), {{"a", 1}}, callbacks).value();
  // Opened also when an assertion ends the test: the session cannot stop before.
  const auto open = [&gate](void*) { gate.set_value(); };
  std::unique_ptr<void, decltype(open)> closed(&gate, open);
  session->Start();
  ASSERT_TRUE(waiter_.Until([&] { return session->connected(); }));
  const auto answered = [&] { return !session->UnansweredSince(); };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(waiter_.Until(answered));
  ASSERT_TRUE(sender->session->Publish(Make("a", "x", 1)).ok());
  ASSERT_TRUE(waiter_.Until([&] { return held.load(); }));
  while (!session->UnansweredSince()) std::this_thread::yield();
  const auto since = session->UnansweredSince();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(session->UnansweredSince(), since);
  closed.reset();
  EXPECT_TRUE(waiter_.Until(answered));
}

TEST_F(SessionTest, StopsWhileNothingListens) {
  broker_.Stop();
  auto client = Connect(broker_.uri(), "a", Version::kAuto, false);
  ASSERT_TRUE(waiter_.Until([&] { return client->disconnected.size() > 2; }));
  ASSERT_TRUE(client->session->Publish(Make("a", "b", 1)).ok());
  client->session->Stop(milliseconds(0));
  EXPECT_EQ(client->session->Publish(Make("a", "b", 1)).error().code, Status::kUnavailable);
}

TEST_F(SessionTest, RefusesWhatCannotWork) {
  const auto create = [&](auto change) {
    SessionOptions options = Options(broker_.uri());
    change(options);
    auto session = Session::Create(options, {}, {});
    return session.ok() ? Status::kOk : session.error().code;
  };
  using O = SessionOptions;
  EXPECT_EQ(create([](O& o) { o.uri = "http://x:1"; }), Status::kInvalidArgument);
  EXPECT_EQ(create([](O& o) { o.uri = "mqtt://x"; }), Status::kInvalidArgument);
  EXPECT_EQ(create([](O& o) { o.uri = "mqtt://x:0"; }), Status::kInvalidArgument);
  EXPECT_EQ(create([](O& o) { o.uri = "mqtt://x:99999"; }), Status::kInvalidArgument);
  EXPECT_EQ(create([](O& o) { o.tls.ca_file = "/nowhere/ca.pem"; }), Status::kInvalidArgument);
  EXPECT_EQ(create([](O&) {}), Status::kOk);
  auto client = Connect(broker_.uri(), "");
  for (const char* topic : {"", "a/+", "a/#"}) {
    EXPECT_EQ(client->session->Publish(Make(topic, "x", 1)).error().code, Status::kInvalidArgument);
  }
}

}  // namespace
}  // namespace tinyfog::mqtt
