#include "tinyfog/node/updater.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "fuzz_flash_map.h"
#include "nor_flash.h"
#include "tinyfog/nn/kernels/move.h"

// A gateway that may do anything, and power that fails: the input is a list of what happens.
//
//     0 u16 length, bytes            a desired state comes
//     1 u8 index, u16 length, bytes  a chunk of what is wanted comes
//     2 u8 times                     long work goes on
//     3                              the node is reset
//     4 u8 operations                the power fails after so many; with the next reset it is back
//     5                              the firmware confirms itself
//     6                              or finds that it does not work
//     7 u8 index, u16 length, bytes  a chunk of what is wanted comes in part
//
// Every signature is good. No rule of the flash may be broken, work must end, what is told now must
// not be due still, and a model that runs must have the digest that its manifest names.
namespace {

using namespace tinyfog;  // NOLINT: a program of one file
using node::testing::kFlashBytes;
using node::testing::kUnit;
using wire::Bytes;

class Gullible final : public boot::SignatureCheck {
 public:
  bool IsGood(const boot::PublicKey&, const wire::Sha256&, const wire::EcdsaSignature&) override {
    return true;
  }
};

class Story {
 public:
  explicit Story(Bytes left) : left_(left) { Reset(); }

  void Go() {
    while (!left_.empty()) {
      Next();
      Check();
    }
    flash_.PowerUp();
    Reset();
    Check();
  }

 private:
  std::uint8_t Byte() {
    if (left_.empty()) return 0;
    const std::uint8_t byte = left_[0];
    left_ = left_.subspan(1);
    return byte;
  }
  Bytes Block() {
    const std::size_t high = Byte(), low = Byte();
    const Bytes block = left_.first(std::min(left_.size(), high << 8 | low));
    left_ = left_.subspan(block.size());
    return block;
  }

  void Next() {
    switch (Byte() % 8) {
      case 0:
        desired_ = Block();
        return Want();
      case 1:
        TakeChunk();
        static_cast<void>(updater_->EndChunk());
        break;
      case 2:
        for (int i = Byte(); i > 0 && updater_->Work(); --i) {
        }
        if (updater_->wants_desired()) Want();
        break;
      case 3:
        return Reset();
      case 4:
        flash_.CutAfter(Byte(), 1);
        break;
      case 5:
        static_cast<void>(updater_->ConfirmFirmware());
        break;
      case 6:
        static_cast<void>(updater_->RejectFirmware(wire::UpdateReason::kSelfTest));
        break;
      default:
        TakeChunk();
        updater_->AbandonChunk();
        if (updater_->EndChunk() == Status::kOk) std::abort();
    }
  }

  void Want() {
    wire::Desired desired;
    if (wire::ParseDesired(desired_, desired) == Status::kOk) updater_->Want(desired);
  }

  void TakeChunk() {
    const std::uint8_t index = Byte();
    Bytes chunk = Block();
    const auto bytes = static_cast<std::uint32_t>(chunk.size());
    const wire::Sha256 digest = updater_->wanted().value_or(wire::Sha256{});
    if (updater_->BeginChunk(digest, index, bytes) != Status::kOk) return;
    for (std::size_t piece = 1; !chunk.empty(); piece = piece * 5 % 1023) {
      const Bytes next = chunk.first(std::min(piece, chunk.size()));
      updater_->ChunkPiece(next);
      chunk = chunk.subspan(next.size());
    }
  }

  void Reset() {
    const bool lost_power = !flash_.has_power();
    if (lost_power) flash_.PowerUp();
    if (boots_++ > 0)
      static_cast<void>(boot::Boot(flash_, node::testing::kFuzzMap.firmware, trust_));
    const node::UpdaterConfig config{.map = node::testing::kFuzzMap,
                                     .trust = trust_,
                                     .mapped = flash_.data(),
                                     .target = nn::Target::kPortable,
                                     .operators = nn::Operators<nn::Fill>::kTable,
                                     .arena = arena_,
                                     .lost_power = lost_power};
    updater_.emplace(flash_, config);
    if (updater_->Open() != Status::kOk && flash_.has_power()) std::abort();
  }

  void Check() {
    if (!flash_.violation().empty()) std::abort();
    wire::OtaReport report;
    for (int i = 0; updater_->TakeReport(now_ms_, report); ++i) {
      if (i > 2 || report.received > report.chunks) std::abort();
    }
    if (updater_->NextReportMs() <= now_ms_) std::abort();
    now_ms_ += 1000;
    static_cast<void>(updater_->firmware());
    const node::ActiveModel* model = updater_->model();
    if (model == nullptr) return;
    boot::Hasher hasher;
    hasher.Add(model->tfm);
    if (hasher.Finish() != model->manifest.digest) std::abort();
  }

  Bytes left_;
  Bytes desired_;  // that came last
  Gullible gullible_;
  boot::Trust trust_{{}, "test-board", &gullible_};
  board::NorFlash flash_{{kFlashBytes, kUnit, 64}};
  alignas(16) std::array<std::uint8_t, 64> arena_;
  std::optional<node::Updater> updater_;
  std::uint64_t now_ms_ = 0;
  int boots_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Story({data, size}).Go();
  return 0;
}
