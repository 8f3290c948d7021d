#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <memory>

#include "service_context.h"
#include "tinyfog/rpc/model_store.h"

namespace tinyfog::rpc {

/// inference.GRPCInferenceService.
std::unique_ptr<grpc::Service> CreateInferenceService(ServiceContext& context);
/// tinyfog.v1.Gateway.
std::unique_ptr<grpc::Service> CreateGatewayService(ServiceContext& context);
/// tinyfog.v1.Artifacts.
std::unique_ptr<grpc::Service> CreateArtifactsService(ServiceContext& context);
/// tinyfog.v1.Models, storing into `store`.
std::unique_ptr<grpc::Service> CreateModelsService(ServiceContext& context, ModelStore& store);

/// tinyfog.v1.Fleet.
std::unique_ptr<grpc::Service> CreateFleetService(ServiceContext& context);

}  // namespace tinyfog::rpc
