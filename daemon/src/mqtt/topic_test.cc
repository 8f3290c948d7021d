#include "tinyfog/mqtt_gateway/topic.h"

#include <gtest/gtest.h>

namespace tinyfog::mqtt_gateway {
namespace {

Outcome<RequestTopic> Parse(const std::string& tail) {
  return RequestTopic::Parse("plant", "tinyfog/v1/plant/" + tail);
}

TEST(TopicTest, ParsesEveryForm) {
  const auto plain = Parse("n-1:a/up/infer/kws_int8").value();
  EXPECT_EQ(plain.node, "n-1:a");
  EXPECT_EQ(plain.model, "kws_int8");
  EXPECT_EQ(plain.version, 0);
  EXPECT_FALSE(plain.suffix.has_value());
  const auto full = Parse("n/up/infer/m.x@12/json").value();
  EXPECT_EQ(full.model, "m.x");
  EXPECT_EQ(full.version, 12);
  EXPECT_EQ(full.suffix, Encoding::kJson);
  EXPECT_EQ(AnswerTopic("plant", full), "tinyfog/v1/plant/n/down/infer/m.x@12/json");
  EXPECT_EQ(Parse("n/up/infer/m/pb").value().suffix, Encoding::kProtobuf);
}

TEST(TopicTest, RefusesEverythingElse) {
  const std::string long_name(65, 'a');
  for (const std::string& tail : {std::string("n/up/infer/"),
                                  std::string("n/up/infer"),
                                  std::string("/up/infer/m"),
                                  std::string("n/up/infer/m/xml"),
                                  std::string("n/up/infer/m/json/"),
                                  std::string("n/up/infer/m//json"),
                                  std::string("n/up/infer/m@"),
                                  std::string("n/up/infer/m@0"),
                                  std::string("n/up/infer/m@-1"),
                                  std::string("n/up/infer/m@1x"),
                                  std::string("n/up/infer/m@99999999999999999999"),
                                  std::string("n/up/infer/.hidden"),
                                  std::string("n/up/infer/.."),
                                  std::string("n/up/infer/m+"),
                                  std::string("n/up/infer/m#"),
                                  std::string("n/up/infer/m m"),
                                  std::string("n/up/infer/m\0x", 13),
                                  "n/up/infer/" + long_name,
                                  long_name + "/up/infer/m",
                                  std::string("n/down/infer/m"),
                                  std::string("gateway/up/infer/m"),
                                  std::string("art/up/infer/m"),
                                  std::string("n\xc3\xa9/up/infer/m"),
                                  std::string("n")}) {
    EXPECT_EQ(Parse(tail).ok(), false) << tail;
  }
  EXPECT_FALSE(RequestTopic::Parse("plant", "tinyfog/v1/plantx/n/up/infer/m").ok());
  EXPECT_FALSE(RequestTopic::Parse("plant", "tinyfog/v2/plant/n/up/infer/m").ok());
  EXPECT_FALSE(RequestTopic::Parse("plant", "").ok());
}

TEST(TopicTest, NodesDirectAnswersOnlyToThemselvesOrOutside) {
  const auto check = [](const std::string& topic) {
    const auto outcome = CheckResponseTopic("plant", "n1", topic);
    return outcome.ok() ? Status::kOk : outcome.error().code;
  };
  EXPECT_EQ(check("replies/client-7"), Status::kOk);
  EXPECT_EQ(check("tinyfog/v1/plant/n1/down/mine"), Status::kOk);
  EXPECT_EQ(check("tinyfog/v1/plant/n1/down/"), Status::kPermissionDenied);
  EXPECT_EQ(check("tinyfog/v1/plant/n1/up/infer/m"), Status::kPermissionDenied);
  EXPECT_EQ(check("tinyfog/v1/plant/n10/down/x"), Status::kPermissionDenied);
  EXPECT_EQ(check("tinyfog/v1/other/n1/down/x"), Status::kPermissionDenied);
  EXPECT_EQ(check("tinyfog/"), Status::kPermissionDenied);
  for (const std::string& topic :
       {std::string(), std::string("$SYS/x"), std::string("a/+"), std::string("a/#"),
        std::string("a\n"), std::string(257, 'a'), std::string("a\0b", 3)}) {
    EXPECT_EQ(check(topic), Status::kInvalidArgument) << topic;
  }
}

TEST(TopicTest, BuildsFiltersAndStateTopics) {
  EXPECT_EQ(RequestFilter("s", ""), "tinyfog/v1/s/+/up/infer/#");
  EXPECT_EQ(RequestFilter("s", "g"), "$share/g/tinyfog/v1/s/+/up/infer/#");
  EXPECT_EQ(StateTopic("s", "c"), "tinyfog/v1/s/gateway/c/state");
  EXPECT_EQ(ErrorTopic("s", "n"), "tinyfog/v1/s/n/down/error");
  EXPECT_EQ(NodeOf("s", "tinyfog/v1/s/n/what/ever").value(), "n");
  EXPECT_FALSE(NodeOf("s", "tinyfog/v1/s/n").has_value());
}

}  // namespace
}  // namespace tinyfog::mqtt_gateway
