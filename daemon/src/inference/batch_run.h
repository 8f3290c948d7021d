#pragma once

#include <vector>

#include "instance.h"
#include "request_queue.h"
#include "statistics.h"

namespace tinyfog::inference {

/// Executes batches of one worker and hands each request its part. Keeps its buffers from batch to
/// batch. One thread.
class BatchRun {
 public:
  BatchRun(Instance& instance, const Signature& signature)
      : instance_(instance), signature_(signature) {}

  /// `answers[i]` becomes the outputs of `batch[i]`, as its request wants them. Errors: kInternal;
  /// for all requests alike.
  Outcome<BatchTimes> Run(const std::vector<PendingPtr>& batch,
                          std::vector<std::vector<Tensor>>& answers);

 private:
  /// On the memory of request and answer; adds to `times`.
  Outcome<void> RunOne(const Pending& pending, std::vector<Tensor>& answer, BatchTimes& times);
  std::vector<Tensor> EmptyOutputs(std::uint32_t rows) const;
  void Gather(const std::vector<PendingPtr>& batch, std::uint32_t rows);
  void Scatter(const std::vector<PendingPtr>& batch, std::vector<std::vector<Tensor>>& answers);
  static void Select(const Pending& pending, std::vector<Tensor>& outputs);

  Instance& instance_;
  const Signature& signature_;
  std::vector<std::vector<std::uint8_t>> inputs_, outputs_;
};

}  // namespace tinyfog::inference
