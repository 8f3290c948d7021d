#include <cstring>

#include "engine.h"

namespace tinyfog::inference {
namespace {

class StubNetwork final : public Network {
 public:
  explicit StubNetwork(const Signature& signature) {
    for (const auto& output : signature.outputs) sizes_.push_back(output.ByteSize());
  }
  Outcome<void> Run(std::span<const std::uint8_t* const>, std::span<std::uint8_t* const> outputs,
                    std::uint32_t rows) override {
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      if (sizes_[i] > 0) std::memset(outputs[i], 0, sizes_[i] * rows);
    }
    return {};
  }

 private:
  std::vector<std::size_t> sizes_;
};

class StubEngine final : public Engine {
 public:
  Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>&,
                                         const Signature& signature, const LoadOptions&) override {
    return std::unique_ptr<Network>(std::make_unique<StubNetwork>(signature));
  }
  EngineInfo Info() const override { return {"stub", {"stub"}}; }
};

}  // namespace

std::shared_ptr<Engine> CreateStubEngine() { return std::make_shared<StubEngine>(); }

}  // namespace tinyfog::inference
