#include <algorithm>
#include <armnn/ArmNN.hpp>
#include <armnn/BackendRegistry.hpp>
#include <armnn/Logging.hpp>
#include <armnnTfLiteParser/ITfLiteParser.hpp>
#include <mutex>
#include <sstream>

#include "engine.h"
#include "plan_network.h"
#include "tinyfog/armnn_backend/cputiny.h"
#include "tinyfog/log/log.h"

namespace tinyfog::inference {
namespace {

/// Passes Arm NN's own messages on as debug output; what matters reaches us as exceptions and
/// return values too.
class LogSink final : public armnn::LogSink {
 public:
  void Consume(const std::string& text) override { log::Debug("arm nn", {{"text", text}}); }
};

template <armnn::LogSeverity Level>
void Redirect(const std::shared_ptr<LogSink>& sink) {
  auto& logger = armnn::SimpleLogger<Level>::Get();
  logger.RemoveAllSinks();
  logger.AddSink(sink);
}

/// Arm NN's only runtime of this process, and the lock under which networks come and go.
class Runtime {
 public:
  static std::shared_ptr<Runtime> Get() {
    static std::mutex mutex;
    static std::weak_ptr<Runtime> shared;
    const std::lock_guard lock(mutex);
    auto runtime = shared.lock();
    if (!runtime) {
      runtime = std::make_shared<Runtime>();
      shared = runtime;
    }
    return runtime;
  }

  Runtime() : runtime_(nullptr, nullptr) {
    armnn::ConfigureLogging(false, false, armnn::LogSeverity::Warning);
    const auto sink = std::make_shared<LogSink>();
    Redirect<armnn::LogSeverity::Trace>(sink);
    Redirect<armnn::LogSeverity::Debug>(sink);
    Redirect<armnn::LogSeverity::Info>(sink);
    Redirect<armnn::LogSeverity::Warning>(sink);
    Redirect<armnn::LogSeverity::Error>(sink);
    Redirect<armnn::LogSeverity::Fatal>(sink);
    armnn_backend::RegisterCpuTiny();
    runtime_ = armnn::IRuntime::Create(armnn::IRuntime::CreationOptions());
  }

  armnn::IRuntime* operator->() { return runtime_.get(); }
  std::recursive_mutex& mutex() { return mutex_; }

 private:
  std::recursive_mutex mutex_;  // a network that fails its checks is unloaded while loading
  armnn::IRuntimePtr runtime_;
};

/// Runs `work` and turns whatever Arm NN throws into an Error of `code`.
template <class Work>
auto Guarded(Status code, const char* what, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& e) {
    return Error{code, std::string(what) + ": " + e.what()};
  } catch (...) {
    return Error{code, std::string(what) + ": unknown exception"};
  }
}

struct Binding {
  armnn::LayerBindingId id;
  armnn::TensorInfo info;
};

bool SameType(armnn::DataType theirs, DataType ours) {
  switch (ours) {
    case DataType::kBool:
      return theirs == armnn::DataType::Boolean;
    case DataType::kUint8:
      return theirs == armnn::DataType::QAsymmU8;
    case DataType::kInt8:
      return theirs == armnn::DataType::QAsymmS8 || theirs == armnn::DataType::QSymmS8;
    case DataType::kInt16:
      return theirs == armnn::DataType::QSymmS16;
    case DataType::kInt32:
      return theirs == armnn::DataType::Signed32;
    case DataType::kFp16:
      return theirs == armnn::DataType::Float16;
    case DataType::kFp32:
      return theirs == armnn::DataType::Float32;
    default:
      return false;
  }
}

/// EnqueueWorkload trusts the sizes of its buffers, so both sides must agree on them exactly.
Outcome<void> CheckBinding(const armnn::TensorInfo& info, const TensorSpec& spec) {
  if (!SameType(info.GetDataType(), spec.type) || info.GetNumBytes() != spec.ByteSize()) {
    return FailedPrecondition("Arm NN sees tensor '" + spec.name + "' as " +
                              armnn::GetDataTypeName(info.GetDataType()) + " of " +
                              std::to_string(info.GetNumBytes()) + " bytes, the file says " +
                              DataTypeName(spec.type) + " of " + std::to_string(spec.ByteSize()));
  }
  return {};
}

bool SameOrder(const std::vector<int>& ids, const std::vector<Binding>& bindings) {
  return std::equal(ids.begin(), ids.end(), bindings.begin(), bindings.end(),
                    [](int id, const Binding& binding) { return id == binding.id; });
}

/// Reads the backends from the optimised network's graph description: the only public view on it.
std::vector<LayerPlacement> ReadPlacement(const armnn::IOptimizedNetwork& network) {
  std::stringstream dot;
  std::vector<LayerPlacement> placement;
  if (network.SerializeToDot(dot) != armnn::Status::Success) return placement;
  const auto field = [](const std::string& line, const std::string& key) {
    const auto begin = line.rfind(key);
    if (begin == std::string::npos) return std::string();
    const auto end = line.find("\\l", begin);
    return line.substr(begin + key.size(), end - begin - key.size());
  };
  for (std::string line; std::getline(dot, line);) {
    auto backend = field(line, "BackendID : ");
    if (!backend.empty()) {
      placement.push_back({field(line, "LayerName : "), std::move(backend), "", std::nullopt});
    }
  }
  return placement;
}

class ArmnnNetwork final : public Network {
 public:
  ArmnnNetwork(std::shared_ptr<Runtime> runtime, armnn::NetworkId id,
               std::vector<LayerPlacement> placement)
      : runtime_(std::move(runtime)), id_(id), placement_(std::move(placement)) {}
  ~ArmnnNetwork() override {
    const auto unloaded = Guarded(Status::kInternal, "unload", [this]() -> Outcome<void> {
      const std::lock_guard lock(runtime_->mutex());
      if ((*runtime_)->UnloadNetwork(id_) != armnn::Status::Success) {
        return Internal("Arm NN did not unload the network");
      }
      return {};
    });
    if (!unloaded.ok()) log::Warning("unload failed", {{"reason", unloaded.error().message}});
  }

  std::vector<Binding> inputs, outputs;

  Outcome<void> Run(std::span<const std::uint8_t* const> in, std::span<std::uint8_t* const> out,
                    std::uint32_t) override {
    return Guarded(Status::kInternal, "Arm NN", [&]() -> Outcome<void> {
      input_tensors_.clear();
      output_tensors_.clear();
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        input_tensors_.emplace_back(inputs[i].id, armnn::ConstTensor(inputs[i].info, in[i]));
      }
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        output_tensors_.emplace_back(outputs[i].id, armnn::Tensor(outputs[i].info, out[i]));
      }
      if ((*runtime_)->EnqueueWorkload(id_, input_tensors_, output_tensors_) !=
          armnn::Status::Success) {
        return Internal("Arm NN could not execute the network");
      }
      return {};
    });
  }
  std::vector<LayerPlacement> Placement() const override { return placement_; }
  std::string Execution() const override { return "Arm NN"; }

 private:
  const std::shared_ptr<Runtime> runtime_;  // shared: the last network or engine ends Arm NN
  const armnn::NetworkId id_;
  const std::vector<LayerPlacement> placement_;
  armnn::InputTensors input_tensors_;
  armnn::OutputTensors output_tensors_;
};

class ArmnnEngine final : public Engine {
 public:
  ArmnnEngine(std::shared_ptr<Runtime> runtime, std::vector<armnn::BackendId> backends)
      : runtime_(std::move(runtime)), backends_(std::move(backends)) {}

  Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>& file,
                                         const Signature& signature,
                                         const LoadOptions& options) override {
    const std::lock_guard lock(runtime_->mutex());
    return Guarded(Status::kFailedPrecondition, "Arm NN",
                   [&] { return LoadLocked(file, signature, options); });
  }

  EngineInfo Info() const override {
    EngineInfo info{ARMNN_VERSION, {}};
    for (const auto& backend : backends_) info.backends.push_back(backend.Get());
    return info;
  }

 private:
  Outcome<std::unique_ptr<Network>> LoadLocked(const std::vector<std::uint8_t>& file,
                                               const Signature& signature,
                                               const LoadOptions& options) {
    const std::vector<armnn::BackendId> backends(options.backends.begin(), options.backends.end());
    auto parser = armnnTfLiteParser::ITfLiteParser::Create();
    auto network = parser->CreateNetworkFromBinary(file);
    std::vector<Binding> inputs, outputs;
    for (const auto& spec : signature.inputs) {
      const auto [id, info] = parser->GetNetworkInputBindingInfo(0, spec.name);
      TINYFOG_TRY(CheckBinding(info, spec));
      inputs.push_back({id, info});
    }
    for (const auto& spec : signature.outputs) {
      outputs.push_back({parser->GetNetworkOutputBindingInfo(0, spec.name).first, {}});
    }
    std::vector<std::string> messages;
    auto optimized =
        armnn::Optimize(*network, backends, (*runtime_)->GetDeviceSpec(), armnn::OptimizerOptions(),
                        armnn::Optional<std::vector<std::string>&>(messages));
    if (!optimized) return Refused(messages);
    if (const auto direct = armnn_backend::DirectPlanOf(*optimized)) {
      if (SameOrder(direct->inputs, inputs) && SameOrder(direct->outputs, outputs)) {
        return MakePlanNetwork(direct->plan, signature, options.threads);
      }
    }
    auto placement = ReadPlacement(*optimized);
    armnn::NetworkId id = 0;
    std::string reason;
    if ((*runtime_)->LoadNetwork(id, std::move(optimized), reason) != armnn::Status::Success) {
      return FailedPrecondition("Arm NN cannot load the network: " + reason);
    }
    auto loaded = std::make_unique<ArmnnNetwork>(runtime_, id, std::move(placement));
    loaded->inputs = std::move(inputs);
    loaded->outputs = std::move(outputs);
    for (std::size_t i = 0; i < signature.outputs.size(); ++i) {
      auto& binding = loaded->outputs[i];
      binding.info = (*runtime_)->GetOutputTensorInfo(id, binding.id);
      TINYFOG_TRY(CheckBinding(binding.info, signature.outputs[i]));
    }
    return std::unique_ptr<Network>(std::move(loaded));
  }

  static Error Refused(const std::vector<std::string>& messages) {
    std::string text = "Arm NN cannot place the model on its backends";
    for (const auto& message : messages) {
      if (message.rfind("WARNING", 0) == 0 || message.rfind("ERROR", 0) == 0)
        text += "; " + message;
      if (text.size() > 2000) break;
    }
    std::replace(text.begin(), text.end(), '\n', ' ');
    return FailedPrecondition(std::move(text));
  }

  const std::shared_ptr<Runtime> runtime_;  // shared: see ArmnnNetwork
  const std::vector<armnn::BackendId> backends_;
};

Outcome<std::shared_ptr<Engine>> CreateChecked(const std::vector<std::string>& wanted) {
  auto runtime = Runtime::Get();
  const auto available = armnn::BackendRegistryInstance().GetBackendIds();
  std::vector<armnn::BackendId> backends;
  std::string known;
  for (const auto& backend : available) known += (known.empty() ? "" : ", ") + backend.Get();
  for (const auto& name : wanted) {
    if (available.count(armnn::BackendId(name)) > 0) {
      backends.emplace_back(name);
    } else {
      log::Warning("backend is not there and is skipped", {{"backend", name}, {"known", known}});
    }
  }
  if (backends.empty()) {
    return FailedPrecondition("none of the configured Arm NN backends is there; known are: " +
                              (known.empty() ? "none (install libarmnn-cpuref-backend22)" : known));
  }
  return std::shared_ptr<Engine>(
      std::make_shared<ArmnnEngine>(std::move(runtime), std::move(backends)));
}

}  // namespace

Outcome<std::shared_ptr<Engine>> CreateArmnnEngine(const std::vector<std::string>& backends) {
  return Guarded(Status::kFailedPrecondition, "Arm NN does not start",
                 [&] { return CreateChecked(backends); });
}

}  // namespace tinyfog::inference
