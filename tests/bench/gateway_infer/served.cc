#include "served.h"

#include <cstdio>
#include <cstdlib>

#include "batch_run.h"
#include "buffers.h"
#include "engine.h"
#include "instance.h"
#include "model_file.h"

namespace tinyfog::bench {
namespace {

using namespace inference;

struct Served {
  Served(ModelFile f, std::shared_ptr<Engine> e) : file(std::move(f)), engine(std::move(e)) {}

  ModelFile file;
  std::shared_ptr<Engine> engine;  // shared: as CreateEngine gives it
  std::unique_ptr<Instance> instance;
  std::unique_ptr<BatchRun> run;
  std::vector<PendingPtr> batch;
  std::vector<std::vector<Tensor>> answers;
};

PendingPtr PendingFor(const Signature& signature) {
  auto pending = std::make_unique<Pending>();
  Buffers inputs = Zeros(signature.inputs, 1);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TensorSpec& spec = signature.inputs[i];
    pending->request.inputs.push_back({spec.name, spec.type, spec.shape, std::move(inputs[i])});
  }
  return pending;
}

}  // namespace

Outcome<std::function<void()>> ServedInference(const std::vector<std::uint8_t>& bytes) {
  TINYFOG_TRY_ASSIGN(ModelFile file, OpenModel(bytes));
  TINYFOG_TRY_ASSIGN(auto engine, CreateEngine({kCpuTiny}));
  const auto served = std::make_shared<Served>(std::move(file), std::move(engine));
  TINYFOG_TRY_ASSIGN(served->instance,
                     Instance::Create(served->file, *served->engine, {{kCpuTiny}}));
  served->run = std::make_unique<BatchRun>(*served->instance, served->file.signature);
  served->batch.push_back(PendingFor(served->file.signature));
  return std::function<void()>([served] {
    const auto times = served->run->Run(served->batch, served->answers);
    if (times.ok()) return;
    std::fprintf(stderr, "%s\n", times.error().message.c_str());
    std::exit(1);
  });
}

}  // namespace tinyfog::bench
