// The peer of the benchmark `grpc`: a plain gRPC callback server that answers ModelInfer with a
// given number of bytes, and does nothing else. Prints its TCP port; ends when its standard input
// does.

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "inference/grpc_service.grpc.pb.h"

namespace {

class Echo final : public inference::GRPCInferenceService::CallbackService {
 public:
  explicit Echo(std::size_t bytes) : answer_(bytes, '\x01') {}

  grpc::ServerUnaryReactor* ModelInfer(grpc::CallbackServerContext* context,
                                       const inference::ModelInferRequest* request,
                                       inference::ModelInferResponse* response) override {
    response->set_model_name(request->model_name());
    response->set_model_version("1");
    auto* output = response->add_outputs();
    output->set_name("output");
    output->set_datatype("INT8");
    output->add_shape(1);
    output->add_shape(static_cast<std::int64_t>(answer_.size()));
    response->add_raw_output_contents(answer_);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const std::string answer_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string unix_socket;
  std::size_t bytes = 5;
  CLI::App app("Plain gRPC echo server");
  app.add_option("--unix", unix_socket, "path of a unix socket to listen on as well");
  app.add_option("--bytes", bytes, "of an answer");
  CLI11_PARSE(app, argc, argv);
  Echo echo(bytes);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  if (!unix_socket.empty()) {
    builder.AddListeningPort("unix:" + unix_socket, grpc::InsecureServerCredentials());
  }
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  server->Shutdown();
  return 0;
}
