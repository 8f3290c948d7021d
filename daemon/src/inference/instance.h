#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine.h"
#include "model_file.h"

namespace tinyfog::inference {

/// What one thread executes of one model. Where the engine's network takes any number of rows, that
/// is all; else there is one for each power of two up to max_batch: that for single inferences is
/// made at once, the others when they are needed first, and a batch of n is split greedily
/// (7 = 4 + 2 + 1). Use by one thread only.
class Instance {
 public:
  /// `file` and `engine` must outlive it. `network`, where given, is what the
  /// engine has loaded for single inferences. Errors: those of Engine::Load.
  static Outcome<std::unique_ptr<Instance>> Create(const ModelFile& file, Engine& engine,
                                                   LoadOptions options,
                                                   std::unique_ptr<Network> network = nullptr);

  /// Executes `rows` inferences on the rows that lie one after another at each pointer, as
  /// Network::Run has them. Errors: kInternal.
  Outcome<void> Run(std::uint32_t rows, std::vector<const std::uint8_t*> inputs,
                    std::vector<std::uint8_t*> outputs);

  /// A batch of `rows` on zeros. Errors: kInternal.
  Outcome<void> Warm(std::uint32_t rows = 1);

  /// The outputs of two inferences on seeded inputs, one after the other or as one batch. Errors:
  /// kInternal.
  Outcome<std::vector<std::vector<std::uint8_t>>> RunSeeded(bool batched);

  /// Up to how many rows batches give the same bytes as single inferences: max_batch or 1. Tries
  /// it with seeded inputs; `reason` tells why not.
  std::uint32_t ProveBatching(std::uint32_t max_batch, std::string& reason);

  /// As Network has it.
  bool takes_rows_apart() const { return networks_[0]->takes_rows_apart(); }
  /// That for single inferences.
  Network& network() { return *networks_[0]; }

 private:
  Instance(const ModelFile& file, Engine& engine, LoadOptions options)
      : file_(file), engine_(engine), options_(std::move(options)) {}
  Outcome<Network*> ForPower(std::size_t power);

  const ModelFile& file_;
  Engine& engine_;
  const LoadOptions options_;
  std::array<std::unique_ptr<Network>, 7> networks_;  ///< [i] executes 2^i rows
};

}  // namespace tinyfog::inference
