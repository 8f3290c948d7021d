#include "publish_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace tinyfog::mqtt {
namespace {

class PublishQueueTest : public testing::Test {
 protected:
  static Message Make(const std::string& payload, int qos) {
    Message m;
    m.topic = "t";
    m.payload = payload;
    m.qos = qos;
    return m;
  }
  SessionStats Stats() const {
    SessionStats stats;
    queue_.Fill(stats);
    return stats;
  }
  std::vector<std::string> SentPayloads() const {
    std::vector<std::string> payloads;
    for (const Publication* p : sent_) payloads.push_back(p->message.payload);
    return payloads;
  }

  static constexpr std::uint32_t kMany = 65'535;
  PublishQueue::Sent verdict_ = PublishQueue::Sent::kYes;
  std::vector<Publication*> sent_;
  std::vector<std::pair<std::uint64_t, bool>> told_;
  PublishQueue queue_{2, 3,
                      [this](Publication& p) {
                        if (verdict_ == PublishQueue::Sent::kYes) sent_.push_back(&p);
                        return verdict_;
                      },
                      [this](std::uint64_t ticket, bool taken) {
                        told_.push_back({ticket, taken});
                      }};
};

TEST_F(PublishQueueTest, WindowThenBacklogThenRefusal) {
  queue_.Open(kMany);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue_.Push(Make(std::to_string(i), 1)).ok());
  EXPECT_EQ(queue_.Push(Make("5", 1)).error().code, Status::kResourceExhausted);
  EXPECT_EQ(SentPayloads(), (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(queue_.pending(), 5u);
  queue_.Finish(*sent_[0], true);
  EXPECT_EQ(sent_.size(), 3u);
  const SessionStats stats = Stats();
  EXPECT_EQ(stats.published, 1u);
  EXPECT_EQ(stats.dropped, 1u);
  EXPECT_EQ(stats.outstanding, 2u);
  EXPECT_EQ(stats.backlog, 2u);
}

TEST_F(PublishQueueTest, WhatBecameOfATicketIsToldOnce) {
  const auto push = [this](std::uint64_t ticket) {
    Message message = Make("m", 1);
    message.ticket = ticket;
    ASSERT_TRUE(queue_.Push(std::move(message)).ok());
  };
  queue_.Open(kMany);
  push(7);
  push(0);
  queue_.Finish(*sent_[1], true);
  queue_.Finish(*sent_[0], false);  // the connection was lost: sent again
  ASSERT_EQ(sent_.size(), 3u);
  EXPECT_TRUE(told_.empty());
  queue_.Finish(*sent_[2], true);
  push(8);
  queue_.Reject(*sent_[3]);
  verdict_ = PublishQueue::Sent::kNever;
  push(9);
  EXPECT_EQ(told_,
            (std::vector<std::pair<std::uint64_t, bool>>{{7, true}, {8, false}, {9, false}}));
}

TEST_F(PublishQueueTest, TheBrokersReceiveMaximumNarrowsTheWindow) {
  queue_.Open(1);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(queue_.Push(Make(std::to_string(i), 1)).ok());
  EXPECT_EQ(SentPayloads(), (std::vector<std::string>{"0"}));
  queue_.Finish(*sent_[0], true);
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_EQ(sent_[1]->message.payload, "1");
}

TEST_F(PublishQueueTest, LostQos1GoesOutAgainInOrderAndQos0IsDropped) {
  queue_.Open(kMany);
  ASSERT_TRUE(queue_.Push(Make("a", 1)).ok());
  ASSERT_TRUE(queue_.Push(Make("b", 1)).ok());
  ASSERT_TRUE(queue_.Push(Make("c", 0)).ok());
  ASSERT_TRUE(queue_.Push(Make("d", 1)).ok());
  queue_.Pause();
  for (Publication* p : std::vector(sent_)) queue_.Finish(*p, false);
  EXPECT_EQ(queue_.Push(Make("e", 0)).error().code, Status::kUnavailable);
  sent_.clear();
  queue_.Open(kMany);
  EXPECT_EQ(SentPayloads(), (std::vector<std::string>{"a", "b"}));
  queue_.Finish(*sent_[0], true);
  queue_.Finish(*sent_[1], true);
  ASSERT_EQ(sent_.size(), 3u);
  EXPECT_EQ(sent_[2]->message.payload, "d");
  EXPECT_EQ(Stats().dropped, 2u);
}

TEST_F(PublishQueueTest, Qos0InFlightFreesItsPlaceWhenTheConnectionIsLost) {
  queue_.Open(kMany);
  ASSERT_TRUE(queue_.Push(Make("a", 0)).ok());
  queue_.Pause();
  EXPECT_EQ(queue_.pending(), 0u);
  EXPECT_EQ(Stats().outstanding, 0u);
  queue_.Finish(*sent_[0], true);  // the library's report may come late, or never
  EXPECT_EQ(Stats().published, 0u);
  EXPECT_EQ(Stats().dropped, 1u);
}

TEST_F(PublishQueueTest, WhatCannotBeSentNowStaysAndWhatNeverCanIsDropped) {
  queue_.Open(kMany);
  verdict_ = PublishQueue::Sent::kLater;
  ASSERT_TRUE(queue_.Push(Make("a", 1)).ok());
  EXPECT_EQ(Stats().backlog, 1u);
  verdict_ = PublishQueue::Sent::kNever;
  queue_.Open(kMany);
  EXPECT_EQ(queue_.pending(), 0u);
  EXPECT_EQ(Stats().dropped, 1u);
}

TEST_F(PublishQueueTest, ClosedRefusesAndAbandonedForgets) {
  queue_.Open(kMany);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue_.Push(Make("x", 1)).ok());
  queue_.Close();
  EXPECT_EQ(queue_.Push(Make("y", 1)).error().code, Status::kUnavailable);
  queue_.Abandon();
  for (Publication* p : std::vector(sent_)) queue_.Finish(*p, false);
  EXPECT_EQ(queue_.pending(), 0u);
  EXPECT_EQ(queue_.pending_bytes(), 0u);
  EXPECT_EQ(Stats().dropped, 3u);
}

}  // namespace
}  // namespace tinyfog::mqtt
