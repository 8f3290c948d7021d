#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "server_fixture.h"

namespace tinyfog::rpc {
namespace {

namespace oip = ::inference;
using grpc::StatusCode;
using testing::HasSubstr;
using Stream = grpc::ClientReaderWriter<oip::ModelInferRequest, oip::ModelStreamInferResponse>;

class InferStreamTest : public ServerFixture {
 protected:
  void Open() {
    Start();
    context_ = Context();
    stream_ = stub_->ModelStreamInfer(context_.get());
  }

  void Send(const std::string& id, const std::string& model = "echo") {
    auto request = EchoRequest("abcd", model);
    request.set_id(id);
    ASSERT_TRUE(stream_->Write(request));
  }

  /// The id of the next answer.
  std::string Receive() {
    if (!stream_->Read(&response_)) return "<end>";
    return response_.infer_response().id();
  }

  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;
  oip::ModelStreamInferResponse response_;
};

TEST_F(InferStreamTest, AnswersInOrderOfCompletion) {
  Open();
  models_->Hold();
  for (const char* id : {"1", "2", "3"}) Send(id);
  models_->AwaitHeld(3);
  models_->Release();  // the last one first
  EXPECT_EQ(Receive(), "3");
  EXPECT_EQ(response_.error_message(), "");
  EXPECT_EQ(response_.infer_response().raw_output_contents(0), "abcd");
  EXPECT_TRUE(response_.infer_response().parameters().at("triton_final_response").bool_param());
  EXPECT_EQ(Receive(), "2");
  EXPECT_EQ(Receive(), "1");
  stream_->WritesDone();
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_TRUE(stream_->Finish().ok());
  EXPECT_TRUE(HasMetric("tinyfog_grpc_streams_active{method=\"ModelStreamInfer\"} 0"));
}

TEST_F(InferStreamTest, ErrorsBelongToTheirRequest) {
  Open();
  Send("1", "nothing");
  EXPECT_EQ(Receive(), "1");
  EXPECT_THAT(response_.error_message(), HasSubstr("[NOT_FOUND] no model 'nothing'"));
  auto malformed = EchoRequest();
  malformed.set_model_version("x");
  malformed.set_id("2");
  ASSERT_TRUE(stream_->Write(malformed));
  EXPECT_EQ(Receive(), "2");
  EXPECT_THAT(response_.error_message(), HasSubstr("[INVALID_ARGUMENT]"));
  Send("3");
  EXPECT_EQ(Receive(), "3");
  EXPECT_EQ(response_.error_message(), "");
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, HalfCloseWaitsForAnswers) {
  Open();
  models_->Hold();
  Send("1");
  Send("2");
  stream_->WritesDone();
  models_->AwaitHeld(2);
  models_->Release();
  EXPECT_EQ(Receive(), "2");
  EXPECT_EQ(Receive(), "1");
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, EmptyStream) {
  Open();
  stream_->WritesDone();
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, OutstandingRequestsAreBounded) {
  options_.max_stream_outstanding = 2;
  Open();
  models_->Hold();
  for (int i = 0; i < 20; ++i) Send(std::to_string(i));
  models_->AwaitHeld(2);
  EXPECT_EQ(models_->held(), 2u);
  models_->Release();
  for (int i = 0; i < 20; ++i) EXPECT_NE(Receive(), "<end>");
  EXPECT_EQ(models_->held(), 0u);
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, ManyRequestsFromAClientThatReadsLate) {
  Open();
  for (int i = 0; i < 1000; ++i) Send(std::to_string(i));
  stream_->WritesDone();
  int answers = 0;
  while (Receive() != "<end>") ++answers;
  EXPECT_EQ(answers, 1000);
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, CancellationReachesTheModel) {
  Open();
  models_->Hold();
  Send("1");
  models_->AwaitHeld(1);
  context_->TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), StatusCode::CANCELLED);
  while (!models_->cancelled(0)) std::this_thread::yield();
  models_->Release();
}

TEST_F(InferStreamTest, TooLargeMessageEndsTheStream) {
  Open();
  stream_->Write(EchoRequest(std::string(17u << 20, 'x')));
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_EQ(stream_->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(InferStreamTest, ShutdownEndsIdleStreams) {
  Open();
  Send("1");
  EXPECT_EQ(Receive(), "1");
  auto shutdown =
      std::async(std::launch::async, [&] { server_->Shutdown(std::chrono::seconds(30)); });
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_EQ(stream_->Finish().error_code(), StatusCode::UNAVAILABLE);
  shutdown.get();
}

TEST_F(InferStreamTest, ShutdownAnswersWhatWasAccepted) {
  Open();
  models_->Hold();
  Send("1");
  models_->AwaitHeld(1);
  auto shutdown =
      std::async(std::launch::async, [&] { server_->Shutdown(std::chrono::seconds(30)); });
  models_->Release();
  EXPECT_EQ(Receive(), "1");
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_EQ(stream_->Finish().error_code(), StatusCode::UNAVAILABLE);
  shutdown.get();
}

TEST_F(InferStreamTest, AnswersAfterTheServerIsGoneAreHarmless) {
  Open();
  models_->Hold();
  Send("1");
  models_->AwaitHeld(1);
  server_->Shutdown(std::chrono::milliseconds(10));
  EXPECT_EQ(Receive(), "<end>");
  EXPECT_FALSE(stream_->Finish().ok());
  server_.reset();
  models_->Release();
}

}  // namespace
}  // namespace tinyfog::rpc
