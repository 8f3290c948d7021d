#include "backend_armnn_2008.h"

#include <Network.hpp>
#include <algorithm>
#include <armnn/BackendRegistry.hpp>
#include <armnn/Logging.hpp>
#include <backendsCommon/TensorHandleFactoryRegistry.hpp>
#include <layers/PreCompiledLayer.hpp>
#include <mutex>

#include "front_armnn_2008.h"
#include "layer_support_armnn_2008.h"
#include "tinyfog/armnn_backend/cputiny.h"
#include "workload_armnn_2008.h"

namespace tinyfog::armnn_backend {
namespace {

Outcome<std::shared_ptr<const plan::Plan>> PlanOf(const armnn::SubgraphView& subgraph) {
  TINYFOG_TRY_ASSIGN(const graph::Graph graph, FromSubgraph(subgraph));
  return plan::Plan::FromGraph(graph);
}

armnn::PreCompiledLayer* AddLayer(armnn::OptimizationViews& views,
                                  const armnn::SubgraphView& subgraph,
                                  std::shared_ptr<const plan::Plan> plan) {
  auto* layer = views.GetGraph().AddLayer<armnn::PreCompiledLayer>(
      armnn::PreCompiledDescriptor(subgraph.GetNumInputSlots(), subgraph.GetNumOutputSlots()),
      kCpuTiny);
  for (unsigned i = 0; i < subgraph.GetNumOutputSlots(); ++i) {
    layer->GetOutputSlot(i).SetTensorInfo(subgraph.GetOutputSlot(i)->GetTensorInfo());
  }
  layer->SetBackendId(kCpuTiny);
  layer->SetPreCompiledObject(armnn::PreCompiledObjectPtr(
      new PlanObject{std::move(plan)},
      [](const void* object) { delete static_cast<const PlanObject*>(object); }));
  return layer;
}

// Sees what a layer would hand to the factory of its workload.
class Catcher final : public armnn::WorkloadFactoryBase {
 public:
  const armnn::BackendId& GetBackendId() const override { return id_; }
  std::unique_ptr<armnn::IWorkload> CreatePreCompiled(
      const armnn::PreCompiledQueueDescriptor& descriptor,
      const armnn::WorkloadInfo&) const override {
    object_ = static_cast<const PlanObject*>(descriptor.m_PreCompiledObject);
    return nullptr;
  }
  const PlanObject* object() const { return object_; }

 private:
  const armnn::BackendId id_ = armnn::BackendId(kCpuTiny);
  mutable const PlanObject* object_ = nullptr;
};

int BindingOf(const armnn::Layer& layer) {
  return static_cast<const armnn::BindableLayer&>(layer).GetBindingId();
}

// The only layer between inputs and outputs.
const armnn::Layer* OnlyLayer(const armnn::Graph& graph) {
  const armnn::Layer* only = nullptr;
  for (const armnn::Layer* layer : graph) {
    const armnn::LayerType type = layer->GetType();
    if (type == armnn::LayerType::Input || type == armnn::LayerType::Output) continue;
    if (only != nullptr || type != armnn::LayerType::PreCompiled ||
        layer->GetBackendId() != armnn::BackendId(kCpuTiny)) {
      return nullptr;
    }
    only = layer;
  }
  return only;
}

}  // namespace

const armnn::BackendId& CpuTinyBackend::GetId() const {
  static const armnn::BackendId id(kCpuTiny);
  return id;
}
CpuTinyBackend::IWorkloadFactoryPtr CpuTinyBackend::CreateWorkloadFactory(
    const IMemoryManagerSharedPtr&) const {
  return std::make_unique<WorkloadFactory>();
}
CpuTinyBackend::IWorkloadFactoryPtr CpuTinyBackend::CreateWorkloadFactory(
    armnn::TensorHandleFactoryRegistry& registry) const {
  registry.RegisterFactory(std::make_unique<HandleFactory>());
  return std::make_unique<WorkloadFactory>();
}
CpuTinyBackend::ILayerSupportSharedPtr CpuTinyBackend::GetLayerSupport() const {
  static const ILayerSupportSharedPtr support = std::make_shared<LayerSupport>();
  return support;
}
std::vector<armnn::ITensorHandleFactory::FactoryId> CpuTinyBackend::GetHandleFactoryPreferences()
    const {
  return {HandleFactory::Id()};
}
void CpuTinyBackend::RegisterTensorHandleFactories(armnn::TensorHandleFactoryRegistry& registry) {
  registry.RegisterFactory(std::make_unique<HandleFactory>());
}

armnn::OptimizationViews CpuTinyBackend::OptimizeSubgraphView(
    const armnn::SubgraphView& subgraph) const {
  armnn::OptimizationViews views;
  auto plan = PlanOf(subgraph);
  if (plan.ok()) {
    armnn::PreCompiledLayer* layer = AddLayer(views, subgraph, std::move(*plan));
    views.AddSubstitution({armnn::SubgraphView(subgraph), armnn::SubgraphView(layer)});
  } else {
    // The whole subgraph goes to the next backend.
    ARMNN_LOG(warning) << "CpuTiny leaves " << subgraph.GetLayers().size()
                       << " layers to the next backend: " << plan.error().message;
    views.AddFailedSubgraph(armnn::SubgraphView(subgraph));
  }
  return views;
}

void RegisterCpuTiny() {
  static std::once_flag once;
  std::call_once(once, [] {
    armnn::BackendRegistryInstance().Register(
        kCpuTiny, [] { return armnn::IBackendInternalUniquePtr(new CpuTinyBackend); });
  });
}

std::unique_ptr<DirectPlan> DirectPlanOf(const armnn::IOptimizedNetwork& network) {
  auto& optimized =
      const_cast<armnn::OptimizedNetwork&>(static_cast<const armnn::OptimizedNetwork&>(network));
  const armnn::Layer* layer = OnlyLayer(optimized.GetGraph());
  if (layer == nullptr) return nullptr;
  auto direct = std::make_unique<DirectPlan>();
  for (const armnn::InputSlot& slot : layer->GetInputSlots()) {
    direct->inputs.push_back(BindingOf(slot.GetConnectedOutputSlot()->GetOwningLayer()));
  }
  for (const armnn::OutputSlot& slot : layer->GetOutputSlots()) {
    if (slot.GetNumConnections() != 1) return nullptr;
    direct->outputs.push_back(BindingOf(slot.GetConnection(0)->GetOwningLayer()));
  }
  Catcher catcher;
  layer->CreateWorkload(catcher);
  if (catcher.object() == nullptr) return nullptr;
  direct->plan = catcher.object()->plan;
  return direct;
}

}  // namespace tinyfog::armnn_backend
