#include <csignal>
#include <iostream>

#include "commands.h"

namespace tinyfog::ctl {
namespace {

Answer<std::unique_ptr<Client>> Connect(const Options& options) {
  auto address = ParseAddress(ChooseServer(options.server));
  if (!address.ok()) return Unexpected(UsageFailure(address.error().message));
  Client::Settings settings{std::move(address).value(), options.tls};
  if (options.timeout) settings.timeout = settings.push_timeout = *options.timeout;
  return Client::Connect(std::move(settings));
}

Done RunOn(Client& client, const Options& options, const Output& output) {
  switch (options.command) {
    case Command::kStatus:
      return RunStatus(client, output);
    case Command::kModelList:
      return RunModelList(client, options, output);
    case Command::kModelShow:
      return RunModelShow(client, options, output);
    case Command::kModelLoad:
      return RunModelLoad(client, options, output);
    case Command::kModelUnload:
      return RunModelUnload(client, options, output);
    case Command::kModelPush:
      return RunModelPush(client, options, output);
    case Command::kModelInfer:
      return RunModelInfer(client, options, output);
    case Command::kNodeList:
      return RunNodeList(client, options, output);
    case Command::kNodeShow:
      return RunNodeShow(client, options, output);
    case Command::kNodeWatch:
      return RunNodeWatch(client, options, output);
    case Command::kNodeSet:
      return RunNodeSet(client, options, output);
    case Command::kNodeRemove:
      return RunNodeRemove(client, options, output);
    case Command::kArtifactPush:
      return RunArtifactPush(client, options, output);
    case Command::kArtifactList:
      return RunArtifactList(client, options, output);
    case Command::kArtifactShow:
      return RunArtifactShow(client, options, output);
    case Command::kArtifactVerify:
      return RunArtifactVerify(client, options, output);
    case Command::kArtifactRemove:
      return RunArtifactRemove(client, options, output);
    case Command::kWatch:
      return RunWatch(client, options, output);
    case Command::kVersion:
      return RunVersion(&client, output);
    case Command::kModelFit:
    case Command::kCompletion:
      break;
  }
  return {};
}

Done Run(const Options& options, const Output& output) {
  if (options.command == Command::kCompletion) {
    output.Text(BashCompletion());
    return {};
  }
  if (options.command == Command::kModelFit) return RunModelFit(options, output);
  const auto client = Connect(options);
  if (!client.ok()) {
    const bool fine =
        options.command == Command::kVersion && client.error().exit == ExitCode::kUnreachable;
    if (fine) return RunVersion(nullptr, output);
    return Unexpected(client.error());
  }
  auto done = RunOn(**client, options, output);
  if (done.ok() || options.model.empty() || options.command == Command::kModelPush) return done;
  return Unexpected(SuggestModels(**client, options.model, std::move(done).error()));
}

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto options = ParseOptions(argc, argv, std::cout, std::cerr);
  if (!options.ok()) return options.error();
  if (options->command == Command::kWatch || options->command == Command::kNodeWatch) {
    // Before any thread starts, so that all of them leave these signals to RunUntilSignal.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
  }
  const Output output = Output::Standard(options->json, options->no_color);
  const Done done = Run(*options, output);
  if (done.ok()) return static_cast<int>(ExitCode::kOk);
  output.Report(done.error());
  return static_cast<int>(done.error().exit);
}

}  // namespace
}  // namespace tinyfog::ctl

int main(int argc, char** argv) { return tinyfog::ctl::Main(argc, argv); }
