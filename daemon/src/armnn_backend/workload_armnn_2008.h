#pragma once

#include <armnn/backends/ITensorHandleFactory.hpp>
#include <backendsCommon/WorkloadFactoryBase.hpp>

#include "tinyfog/plan/plan.h"

namespace tinyfog::armnn_backend {

/// What a PreCompiledLayer of CpuTiny holds.
struct PlanObject {
  std::shared_ptr<const plan::Plan> plan;
};

/// Tensors in the process's own memory; memory of others can be imported.
class HandleFactory final : public armnn::ITensorHandleFactory {
 public:
  static const FactoryId& Id();

  std::unique_ptr<armnn::ITensorHandle> CreateSubTensorHandle(armnn::ITensorHandle&,
                                                              const armnn::TensorShape&,
                                                              const unsigned*) const override {
    return nullptr;
  }
  std::unique_ptr<armnn::ITensorHandle> CreateTensorHandle(
      const armnn::TensorInfo& info) const override;
  std::unique_ptr<armnn::ITensorHandle> CreateTensorHandle(const armnn::TensorInfo& info,
                                                           armnn::DataLayout) const override;
  std::unique_ptr<armnn::ITensorHandle> CreateTensorHandle(const armnn::TensorInfo& info,
                                                           bool is_managed) const override;
  std::unique_ptr<armnn::ITensorHandle> CreateTensorHandle(const armnn::TensorInfo& info,
                                                           armnn::DataLayout,
                                                           bool is_managed) const override;
  const FactoryId& GetId() const override { return Id(); }
  bool SupportsSubTensors() const override { return false; }
  armnn::MemorySourceFlags GetExportFlags() const override;
  armnn::MemorySourceFlags GetImportFlags() const override;
};

/// Makes the workloads of plans and of the copies around them.
class WorkloadFactory final : public armnn::WorkloadFactoryBase {
 public:
  const armnn::BackendId& GetBackendId() const override;
  std::unique_ptr<armnn::ITensorHandle> CreateTensorHandle(const armnn::TensorInfo& info,
                                                           bool is_managed) const override;
  std::unique_ptr<armnn::ITensorHandle> CreateTensorHandle(const armnn::TensorInfo& info,
                                                           armnn::DataLayout,
                                                           bool is_managed) const override;
  std::unique_ptr<armnn::IWorkload> CreateInput(const armnn::InputQueueDescriptor& descriptor,
                                                const armnn::WorkloadInfo& info) const override;
  std::unique_ptr<armnn::IWorkload> CreateOutput(const armnn::OutputQueueDescriptor& descriptor,
                                                 const armnn::WorkloadInfo& info) const override;
  std::unique_ptr<armnn::IWorkload> CreateMemCopy(const armnn::MemCopyQueueDescriptor& descriptor,
                                                  const armnn::WorkloadInfo& info) const override;
  std::unique_ptr<armnn::IWorkload> CreateMemImport(
      const armnn::MemImportQueueDescriptor& descriptor,
      const armnn::WorkloadInfo& info) const override;
  std::unique_ptr<armnn::IWorkload> CreatePreCompiled(
      const armnn::PreCompiledQueueDescriptor& descriptor,
      const armnn::WorkloadInfo& info) const override;
};

}  // namespace tinyfog::armnn_backend
