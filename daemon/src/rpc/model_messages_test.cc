#include "model_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event_filter.h"
#include "fake_server.h"

namespace tinyfog::rpc {
namespace {

using testing::ElementsAre;

TEST(ModelMessages, MetadataHasAnOpenBatchDimension) {
  auto model = *FakeServer().Describe("echo", 0);
  ::inference::ModelMetadataResponse message;
  WriteMetadata(model, message);
  EXPECT_EQ(message.name(), "echo");
  EXPECT_THAT(message.versions(), ElementsAre("3"));
  EXPECT_EQ(message.inputs(0).datatype(), "INT8");
  EXPECT_THAT(message.inputs(0).shape(), ElementsAre(-1, 4));
  model.options.max_batch = 1;
  message.Clear();
  WriteMetadata(model, message);
  EXPECT_THAT(message.inputs(0).shape(), ElementsAre(1, 4));
}

TEST(ModelMessages, ConfigLeavesTheBatchDimensionOut) {
  auto model = *FakeServer().Describe("echo", 0);
  ::inference::ModelConfig config;
  WriteConfig(model, config);
  EXPECT_EQ(config.max_batch_size(), 8);
  EXPECT_EQ(config.input(0).data_type(), ::inference::TYPE_INT8);
  EXPECT_THAT(config.input(0).dims(), ElementsAre(4));
  EXPECT_EQ(config.output(0).label_filename(), "config.toml");
  EXPECT_EQ(config.parameters().at("placement").string_value(), "fc=CpuRef\n");
  EXPECT_EQ(config.parameters().at("layers").string_value(),
            "fc\tCpuRef\tfully_connected_int8\t0.5\n");
  EXPECT_EQ(config.parameters().at("execution").string_value(), "Arm NN");
  EXPECT_EQ(config.parameters().at("checks").string_value(), "one\ntwo\n");
  EXPECT_EQ(config.parameters().at("quarantined").string_value(), "CpuTiny: wrong\n");
  EXPECT_EQ(config.parameters().at("labels").string_value(), "a\nb\nc\n");
  EXPECT_EQ(config.parameters().at("quantization.in").string_value(), "0.5,-3");
  EXPECT_EQ(config.parameters().at("file_bytes").string_value(), "77");
  model.options.max_batch = 1;
  config.Clear();
  WriteConfig(model, config);
  EXPECT_EQ(config.max_batch_size(), 0);
  EXPECT_THAT(config.input(0).dims(), ElementsAre(1, 4));
}

TEST(ModelMessages, VersionPolicies) {
  auto model = *FakeServer().Describe("echo", 0);
  using Kind = inference::VersionPolicy::Kind;
  model.options.version_policy = {Kind::kSpecific, 1, {2, 5}};
  ::inference::ModelConfig config;
  WriteConfig(model, config);
  EXPECT_THAT(config.version_policy().specific().versions(), ElementsAre(2, 5));
  model.options.version_policy = {Kind::kAll, 1, {}};
  config.Clear();
  WriteConfig(model, config);
  EXPECT_TRUE(config.version_policy().has_all());
}

TEST(ModelMessages, Statistics) {
  const auto all = *FakeServer().Statistics("", 0);
  ::inference::ModelStatistics message;
  WriteStatistics(all[0], message);
  EXPECT_EQ(message.version(), "3");
  EXPECT_EQ(message.inference_count(), 12u);
  EXPECT_EQ(message.execution_count(), 5u);
  EXPECT_EQ(message.inference_stats().success().ns(), 500u);
  EXPECT_EQ(message.batch_stats(0).batch_size(), 2u);
  EXPECT_EQ(message.batch_stats(0).compute_infer().ns(), 300u);
}

TEST(EventFilter, MatchesKindModelAndNode) {
  v1::Event event;
  event.set_kind(v1::Event::KIND_INFERENCE);
  event.mutable_inference()->set_model("kws");
  event.mutable_inference()->set_node("n1");
  v1::WatchEventsRequest request;
  EXPECT_TRUE(Wanted(request, event));
  request.add_kinds(v1::Event::KIND_MODEL);
  EXPECT_FALSE(Wanted(request, event));
  request.add_kinds(v1::Event::KIND_INFERENCE);
  request.set_model("kws");
  request.set_node("n1");
  EXPECT_TRUE(Wanted(request, event));
  request.set_node("n2");
  EXPECT_FALSE(Wanted(request, event));
  v1::Event loaded;
  loaded.set_kind(v1::Event::KIND_MODEL);
  loaded.mutable_model()->set_model("kws");
  request.clear_node();
  EXPECT_TRUE(Wanted(request, loaded));
  request.set_model("other");
  EXPECT_FALSE(Wanted(request, loaded));
}

}  // namespace
}  // namespace tinyfog::rpc
