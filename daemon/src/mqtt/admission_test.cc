#include "admission.h"

#include <gtest/gtest.h>

namespace tinyfog::mqtt_gateway {
namespace {

using Verdict = Admission::Verdict;

TEST(AdmissionTest, AdmitsThenRefusesThenDrops) {
  Admission admission({2, 100, 3});
  EXPECT_EQ(admission.Decide(10, 0, 0), Verdict::kAdmit);
  EXPECT_EQ(admission.Decide(10, 1, 0), Verdict::kRefuse);
  EXPECT_EQ(admission.Decide(10, 3, 0), Verdict::kRefuse);
  EXPECT_EQ(admission.Decide(10, 4, 0), Verdict::kDrop);
  EXPECT_EQ(admission.held(), 1u);
  admission.Release(10);
  EXPECT_EQ(admission.Decide(10, 1, 0), Verdict::kAdmit);
}

TEST(AdmissionTest, CountsBytesOfRequestsAndAnswers) {
  Admission admission({100, 100, 1});
  EXPECT_EQ(admission.Decide(60, 0, 0), Verdict::kAdmit);
  EXPECT_EQ(admission.Decide(41, 0, 0), Verdict::kRefuse);
  EXPECT_EQ(admission.Decide(30, 1, 11), Verdict::kRefuse);
  EXPECT_EQ(admission.Decide(30, 1, 10), Verdict::kAdmit);
}

}  // namespace
}  // namespace tinyfog::mqtt_gateway
