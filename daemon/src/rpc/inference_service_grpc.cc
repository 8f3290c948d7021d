#include <string>
#include <utility>

#include "infer_call_grpc.h"
#include "infer_request.h"
#include "inference/grpc_service.grpc.pb.h"
#include "model_messages.h"
#include "services_grpc.h"
#include "status_grpc.h"

namespace tinyfog::rpc {
namespace {

namespace oip = ::inference;
using Call = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

constexpr const char* kExtensions[] = {"classification",      "model_repository", "schedule_policy",
                                       "model_configuration", "parameters",       "statistics"};

Error Unsupported(const char* what) {
  return {Status::kUnimplemented, std::string(what) + " is not supported by this gateway"};
}

/// Loading other content than the repository has would leave disk and service at odds.
Outcome<void> CheckLoad(const oip::RepositoryModelLoadRequest& request) {
  if (!request.repository_name().empty()) return Unsupported("a repository_name");
  for (const auto& [name, value] : request.parameters()) {
    if (name == "config" || name.starts_with("file:")) {
      return Error{Status::kUnimplemented,
                   "load parameter '" + name +
                       "' is not supported: push the model (tinyfogctl model push), then load it"};
    }
  }
  return {};
}

class InferenceService final : public oip::GRPCInferenceService::CallbackService {
 public:
  explicit InferenceService(ServiceContext& context) : context_(context) {}

  Reactor* ServerLive(Call* call, const oip::ServerLiveRequest*,
                      oip::ServerLiveResponse* response) override {
    response->set_live(true);
    return Answer(call, Method::kServerLive, {});
  }

  Reactor* ServerReady(Call* call, const oip::ServerReadyRequest*,
                       oip::ServerReadyResponse* response) override {
    response->set_ready(models().Ready());
    return Answer(call, Method::kServerReady, {});
  }

  Reactor* ModelReady(Call* call, const oip::ModelReadyRequest* request,
                      oip::ModelReadyResponse* response) override {
    return Run(call, Method::kModelReady, [&]() -> Outcome<void> {
      TINYFOG_TRY_ASSIGN(const auto version, ParseModelVersion(request->version()));
      response->set_ready(models().ModelReady(request->name(), version));
      return {};
    });
  }

  Reactor* ServerMetadata(Call* call, const oip::ServerMetadataRequest*,
                          oip::ServerMetadataResponse* response) override {
    response->set_name("tinyfog");
    response->set_version(TINYFOG_VERSION);
    for (const char* extension : kExtensions) response->add_extensions(extension);
    return Answer(call, Method::kServerMetadata, {});
  }

  Reactor* ModelMetadata(Call* call, const oip::ModelMetadataRequest* request,
                         oip::ModelMetadataResponse* response) override {
    return Run(call, Method::kModelMetadata, [&]() -> Outcome<void> {
      TINYFOG_TRY_ASSIGN(const auto model, Describe(request->name(), request->version()));
      WriteMetadata(model, *response);
      return {};
    });
  }

  Reactor* ModelConfig(Call* call, const oip::ModelConfigRequest* request,
                       oip::ModelConfigResponse* response) override {
    return Run(call, Method::kModelConfig, [&]() -> Outcome<void> {
      TINYFOG_TRY_ASSIGN(const auto model, Describe(request->name(), request->version()));
      WriteConfig(model, *response->mutable_config());
      return {};
    });
  }

  Reactor* ModelStatistics(Call* call, const oip::ModelStatisticsRequest* request,
                           oip::ModelStatisticsResponse* response) override {
    return Run(call, Method::kModelStatistics, [&]() -> Outcome<void> {
      TINYFOG_TRY_ASSIGN(const auto version, ParseModelVersion(request->version()));
      TINYFOG_TRY_ASSIGN(const auto all, models().Statistics(request->name(), version));
      for (const auto& one : all) WriteStatistics(one, *response->add_model_stats());
      return {};
    });
  }

  Reactor* ModelInfer(Call* call, const oip::ModelInferRequest* request,
                      oip::ModelInferResponse* response) override {
    return StartInferCall(context_, call, *request, *response);
  }

  grpc::ServerBidiReactor<oip::ModelInferRequest, oip::ModelStreamInferResponse>* ModelStreamInfer(
      Call* call) override {
    return StartInferStream(context_, call);
  }

  Reactor* RepositoryIndex(Call* call, const oip::RepositoryIndexRequest* request,
                           oip::RepositoryIndexResponse* response) override {
    if (!request->repository_name().empty()) {
      return Answer(call, Method::kRepositoryIndex, Unsupported("a repository_name"));
    }
    for (const auto& entry : models().Index()) {
      if (request->ready() && entry.state != inference::ModelState::kReady) continue;
      auto& model = *response->add_models();
      model.set_name(entry.model);
      if (entry.version > 0) model.set_version(std::to_string(entry.version));
      model.set_state(ModelStateName(entry.state));
      model.set_reason(entry.reason);
    }
    return Answer(call, Method::kRepositoryIndex, {});
  }

  Reactor* RepositoryModelLoad(Call* call, const oip::RepositoryModelLoadRequest* request,
                               oip::RepositoryModelLoadResponse*) override {
    if (auto checked = CheckLoad(*request); !checked.ok()) {
      return Answer(call, Method::kRepositoryModelLoad, checked);
    }
    return Manage(call, Method::kRepositoryModelLoad,
                  [this, model = request->model_name()] { return models().Load(model); });
  }

  Reactor* RepositoryModelUnload(Call* call, const oip::RepositoryModelUnloadRequest* request,
                                 oip::RepositoryModelUnloadResponse*) override {
    if (!request->repository_name().empty()) {
      return Answer(call, Method::kRepositoryModelUnload, Unsupported("a repository_name"));
    }
    return Manage(call, Method::kRepositoryModelUnload,
                  [this, model = request->model_name()] { return models().Unload(model); });
  }

  // Nothing can be registered, so nothing is, and it is gone after unregistering.
  Reactor* SystemSharedMemoryStatus(Call* call, const oip::SystemSharedMemoryStatusRequest*,
                                    oip::SystemSharedMemoryStatusResponse*) override {
    return Answer(call, Method::kUnsupported, {});
  }
  Reactor* SystemSharedMemoryUnregister(Call* call, const oip::SystemSharedMemoryUnregisterRequest*,
                                        oip::SystemSharedMemoryUnregisterResponse*) override {
    return Answer(call, Method::kUnsupported, {});
  }
  Reactor* CudaSharedMemoryStatus(Call* call, const oip::CudaSharedMemoryStatusRequest*,
                                  oip::CudaSharedMemoryStatusResponse*) override {
    return Answer(call, Method::kUnsupported, {});
  }
  Reactor* CudaSharedMemoryUnregister(Call* call, const oip::CudaSharedMemoryUnregisterRequest*,
                                      oip::CudaSharedMemoryUnregisterResponse*) override {
    return Answer(call, Method::kUnsupported, {});
  }
  Reactor* SystemSharedMemoryRegister(Call* call, const oip::SystemSharedMemoryRegisterRequest*,
                                      oip::SystemSharedMemoryRegisterResponse*) override {
    return Answer(call, Method::kUnsupported, Unsupported("shared memory"));
  }
  Reactor* CudaSharedMemoryRegister(Call* call, const oip::CudaSharedMemoryRegisterRequest*,
                                    oip::CudaSharedMemoryRegisterResponse*) override {
    return Answer(call, Method::kUnsupported, Unsupported("CUDA shared memory"));
  }
  Reactor* TraceSetting(Call* call, const oip::TraceSettingRequest*,
                        oip::TraceSettingResponse*) override {
    return Answer(call, Method::kUnsupported, Unsupported("request tracing"));
  }
  Reactor* LogSettings(Call* call, const oip::LogSettingsRequest*,
                       oip::LogSettingsResponse*) override {
    return Answer(call, Method::kUnsupported,
                  Unsupported("changing the log by RPC (set it in the configuration)"));
  }

 private:
  inference::Server& models() const { return context_.backing.models; }

  Outcome<inference::ModelDescription> Describe(const std::string& model,
                                                const std::string& version) const {
    TINYFOG_TRY_ASSIGN(const auto number, ParseModelVersion(version));
    return models().Describe(model, number);
  }

  Reactor* Answer(Call* call, Method method, const Outcome<void>& outcome,
                  inference::SteadyTime started = std::chrono::steady_clock::now()) {
    Reactor* reactor = call->DefaultReactor();
    Complete(reactor, method, outcome, started);
    return reactor;
  }

  template <class Function>
  Reactor* Run(Call* call, Method method, Function function) {
    const auto started = std::chrono::steady_clock::now();
    return Answer(call, method, function(), started);
  }

  void Complete(Reactor* reactor, Method method, const Outcome<void>& outcome,
                inference::SteadyTime started) {
    context_.metrics.Done(method, outcome.ok() ? Status::kOk : outcome.error().code, started);
    reactor->Finish(ToGrpc(outcome));
  }

  /// Answers from the management thread.
  template <class Function>
  Reactor* Manage(Call* call, Method method, Function function) {
    const auto started = std::chrono::steady_clock::now();
    Reactor* reactor = call->DefaultReactor();
    const bool posted = context_.management.Post([=, this](bool stopping) {
      Complete(reactor, method,
               stopping ? Outcome<void>(Unavailable("the gateway is shutting down")) : function(),
               started);
    });
    if (!posted) {
      Complete(reactor, method,
               Error{Status::kResourceExhausted,
                     "too many loads and unloads are waiting; try again later"},
               started);
    }
    return reactor;
  }

  ServiceContext& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> CreateInferenceService(ServiceContext& context) {
  return std::make_unique<InferenceService>(context);
}

}  // namespace tinyfog::rpc
