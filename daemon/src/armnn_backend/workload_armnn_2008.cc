#include "workload_armnn_2008.h"

#include <backendsCommon/CpuTensorHandle.hpp>
#include <backendsCommon/MemCopyWorkload.hpp>
#include <backendsCommon/MemImportWorkload.hpp>
#include <cstring>

#include "tinyfog/armnn_backend/cputiny.h"
#include "tinyfog/host/aligned_bytes.h"

namespace tinyfog::armnn_backend {
namespace {

class Handle final : public armnn::ITensorHandle {
 public:
  // Without memory of its own it waits for an import.
  Handle(const armnn::TensorInfo& info, bool owns) : info_(info), owns_(owns) {}

  void Manage() override {}
  void Allocate() override {
    if (!owns_ || memory_ != nullptr) return;
    own_ = std::make_unique<AlignedBytes>(info_.GetNumBytes());
    memory_ = own_->span().data();
  }
  armnn::ITensorHandle* GetParent() const override { return nullptr; }
  const void* Map(bool) const override { return memory_; }
  void Unmap() const override {}
  armnn::TensorShape GetStrides() const override { return armnn::GetUnpaddedTensorStrides(info_); }
  armnn::TensorShape GetShape() const override { return info_.GetShape(); }
  void CopyOutTo(void* to) const override { std::memcpy(to, memory_, info_.GetNumBytes()); }
  void CopyInFrom(const void* from) override { std::memcpy(memory_, from, info_.GetNumBytes()); }
  unsigned GetImportFlags() const override {
    return static_cast<unsigned>(armnn::MemorySource::Malloc);
  }
  bool Import(void* memory, armnn::MemorySource source) override {
    if (source != armnn::MemorySource::Malloc || owns_) return false;
    memory_ = memory;
    return true;
  }

 private:
  const armnn::TensorInfo info_;
  const bool owns_;
  std::unique_ptr<AlignedBytes> own_;
  void* memory_ = nullptr;
};

class PlanWorkload final : public armnn::BaseWorkload<armnn::PreCompiledQueueDescriptor> {
 public:
  PlanWorkload(const armnn::PreCompiledQueueDescriptor& descriptor, const armnn::WorkloadInfo& info)
      : BaseWorkload(descriptor, info),
        runner_(static_cast<const PlanObject*>(descriptor.m_PreCompiledObject)->plan),
        inputs_(descriptor.m_Inputs.size()),
        outputs_(descriptor.m_Outputs.size()) {}

  void Execute() const override {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      inputs_[i] = static_cast<const std::uint8_t*>(m_Data.m_Inputs[i]->Map(true));
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      outputs_[i] = static_cast<std::uint8_t*>(m_Data.m_Outputs[i]->Map(true));
    }
    runner_.Run(inputs_, outputs_);
  }

 private:
  // Arm NN runs a network in one thread at a time.
  mutable plan::Runner runner_;
  mutable std::vector<const std::uint8_t*> inputs_;
  mutable std::vector<std::uint8_t*> outputs_;
};

}  // namespace

const HandleFactory::FactoryId& HandleFactory::Id() {
  static const FactoryId id = "Tinyfog/CpuTiny/TensorHandleFactory";
  return id;
}
std::unique_ptr<armnn::ITensorHandle> HandleFactory::CreateTensorHandle(
    const armnn::TensorInfo& info) const {
  return std::make_unique<Handle>(info, true);
}
std::unique_ptr<armnn::ITensorHandle> HandleFactory::CreateTensorHandle(
    const armnn::TensorInfo& info, armnn::DataLayout) const {
  return std::make_unique<Handle>(info, true);
}
std::unique_ptr<armnn::ITensorHandle> HandleFactory::CreateTensorHandle(
    const armnn::TensorInfo& info, bool is_managed) const {
  return std::make_unique<Handle>(info, is_managed);
}
std::unique_ptr<armnn::ITensorHandle> HandleFactory::CreateTensorHandle(
    const armnn::TensorInfo& info, armnn::DataLayout, bool is_managed) const {
  return std::make_unique<Handle>(info, is_managed);
}
armnn::MemorySourceFlags HandleFactory::GetExportFlags() const {
  return static_cast<armnn::MemorySourceFlags>(armnn::MemorySource::Malloc);
}
armnn::MemorySourceFlags HandleFactory::GetImportFlags() const {
  return static_cast<armnn::MemorySourceFlags>(armnn::MemorySource::Malloc);
}

const armnn::BackendId& WorkloadFactory::GetBackendId() const {
  static const armnn::BackendId id(kCpuTiny);
  return id;
}
std::unique_ptr<armnn::ITensorHandle> WorkloadFactory::CreateTensorHandle(
    const armnn::TensorInfo& info, bool is_managed) const {
  return std::make_unique<Handle>(info, is_managed);
}
std::unique_ptr<armnn::ITensorHandle> WorkloadFactory::CreateTensorHandle(
    const armnn::TensorInfo& info, armnn::DataLayout, bool is_managed) const {
  return std::make_unique<Handle>(info, is_managed);
}
std::unique_ptr<armnn::IWorkload> WorkloadFactory::CreateInput(
    const armnn::InputQueueDescriptor& descriptor, const armnn::WorkloadInfo& info) const {
  return std::make_unique<armnn::CopyMemGenericWorkload>(descriptor, info);
}
std::unique_ptr<armnn::IWorkload> WorkloadFactory::CreateOutput(
    const armnn::OutputQueueDescriptor& descriptor, const armnn::WorkloadInfo& info) const {
  return std::make_unique<armnn::CopyMemGenericWorkload>(descriptor, info);
}
std::unique_ptr<armnn::IWorkload> WorkloadFactory::CreateMemCopy(
    const armnn::MemCopyQueueDescriptor& descriptor, const armnn::WorkloadInfo& info) const {
  return std::make_unique<armnn::CopyMemGenericWorkload>(descriptor, info);
}
std::unique_ptr<armnn::IWorkload> WorkloadFactory::CreateMemImport(
    const armnn::MemImportQueueDescriptor& descriptor, const armnn::WorkloadInfo& info) const {
  return std::make_unique<armnn::ImportMemGenericWorkload>(descriptor, info);
}
std::unique_ptr<armnn::IWorkload> WorkloadFactory::CreatePreCompiled(
    const armnn::PreCompiledQueueDescriptor& descriptor, const armnn::WorkloadInfo& info) const {
  return std::make_unique<PlanWorkload>(descriptor, info);
}

}  // namespace tinyfog::armnn_backend
