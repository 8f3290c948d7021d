#pragma once

#include <armnn/backends/IBackendInternal.hpp>

namespace tinyfog::armnn_backend {

/// Takes subgraphs whole or leaves them to the next backend.
class CpuTinyBackend final : public armnn::IBackendInternal {
 public:
  const armnn::BackendId& GetId() const override;
  IWorkloadFactoryPtr CreateWorkloadFactory(const IMemoryManagerSharedPtr&) const override;
  IWorkloadFactoryPtr CreateWorkloadFactory(
      armnn::TensorHandleFactoryRegistry& registry) const override;
  ILayerSupportSharedPtr GetLayerSupport() const override;
  armnn::OptimizationViews OptimizeSubgraphView(const armnn::SubgraphView& subgraph) const override;
  std::vector<armnn::ITensorHandleFactory::FactoryId> GetHandleFactoryPreferences() const override;
  void RegisterTensorHandleFactories(armnn::TensorHandleFactoryRegistry& registry) override;
};

}  // namespace tinyfog::armnn_backend
