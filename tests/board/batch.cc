#include "batch.h"

#include <filesystem>

#include "process.h"

namespace tinyfog::board {
namespace {

constexpr std::uint32_t kBatchMagic = 0x31424654;
constexpr auto kBound = std::chrono::seconds(600);

std::string Image(const std::string& core, const std::string& name) {
  return std::string(TINYFOG_BINARY_DIR) + "/" + core + "/bin/" + name + ".elf";
}

}  // namespace

void Batch::Append(std::span<const std::uint8_t> bytes) {
  file_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  file_.resize((file_.size() + 15) / 16 * 16);
}

int Batch::Add(const Case& one) {
  const std::uint32_t header[8] = {kBatchMagic,
                                   static_cast<std::uint32_t>(one.tfm.size()),
                                   one.runs,
                                   one.runs_per_reset,
                                   static_cast<std::uint32_t>(one.inputs.size()) / one.runs,
                                   one.steps};
  Append({reinterpret_cast<const std::uint8_t*>(header), sizeof(header)});
  Append(one.tfm);
  Append(one.inputs);
  return count_++;
}

BatchResult Batch::Run(const std::string& core) const {
  const testing::TemporaryFolder folder;
  testing::Store(folder / "batch", file_);
  const testing::Finished finished =
      testing::RunCommand({std::string(TINYFOG_SOURCE_DIR) + "/firmware/board/run", core,
                           Image(core, "board-run"), "batch", folder / "batch", folder / "outputs"},
                          "", kBound);
  BatchResult result{finished.code, finished.output + finished.errors, {}};
  if (std::filesystem::exists(folder / "outputs")) {
    const std::string outputs = testing::Contents(folder / "outputs");
    result.outputs.assign(outputs.begin(), outputs.end());
  }
  return result;
}

bool HasBoards() { return std::filesystem::exists(Image("cortex-m4", "board-run")); }

}  // namespace tinyfog::board
