#include <span>
#include <string_view>

#include "print.h"
#include "program.h"
#include "semihosting.h"
#include "tinyfog/base/crc32.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/nn/interpreter.h"

// Runs compiled models that lie on the host; firmware/README.md describes use and output.
namespace tinyfog::board {
namespace {

constexpr std::uint32_t kBatchMagic = 0x31424654;  // "TFB1"

// One model with its inputs: this, the .tfm and then the inputs' bytes, both padded to 16.
struct CaseHeader {
  std::uint32_t magic;
  std::uint32_t tfm_bytes;
  std::uint32_t runs;
  std::uint32_t runs_per_reset;  // the state starts anew before each n-th run
  std::uint32_t input_bytes;     // of one run: all inputs in order
  std::uint32_t steps;           // 1: print the live tensors behind each step
  std::uint32_t reserved[2];
};

alignas(16) [[gnu::section(".external")]] std::uint8_t g_model[1 << 20];
alignas(16) [[gnu::section(".external")]] std::uint8_t g_inputs[1 << 20];
alignas(16) [[gnu::section(".external")]] std::uint8_t g_arena[1 << 20];

std::uint32_t Padded(std::uint32_t bytes) { return (bytes + 15) & ~15u; }

// What happens with one model: its outputs go to `results` if that is not null.
class Runner {
 public:
  Runner(nn::Interpreter interpreter, std::uint32_t number, HostFile* results)
      : interpreter_(interpreter), model_(interpreter.model()), case_(number), results_(results) {}

  void Run(std::uint32_t run, std::span<const std::uint8_t> inputs, bool steps) {
    for (std::uint16_t i = 0; i < model_.input_count(); ++i) {
      const std::span<std::uint8_t> input = interpreter_.input(i);
      if (input.size() > inputs.size()) break;
      for (std::size_t b = 0; b < input.size(); ++b) input[b] = inputs[b];
      inputs = inputs.subspan(input.size());
    }
    if (steps) {
      for (std::uint16_t i = 0; i < model_.step_count(); ++i) Step(run, i);
    } else {
      interpreter_.Run();
    }
    for (std::uint16_t i = 0; i < model_.output_count(); ++i) {
      const std::span<const std::uint8_t> output = interpreter_.output(i);
      Print("case ", case_, " run ", run, " output ", i, " crc ", Hex{Crc32(output)}, "\n");
      if (results_ != nullptr) static_cast<void>(results_->Write(output));
    }
  }

 private:
  void Step(std::uint32_t run, std::uint16_t step) {
    const std::uint16_t cut = static_cast<std::uint16_t>(step + 1);
    interpreter_.RunSteps(step, cut);
    for (std::uint16_t t = 0; t < model_.tensor_count(); ++t) {
      const nn::TensorInfo info = model_.tensor(t);
      if (info.first_cut > cut || info.last_cut < cut) continue;
      Print("case ", case_, " run ", run, " cut ", cut, " tensor ", t, " crc ",
            Hex{Crc32(interpreter_.tensor(t))}, "\n");
    }
  }

  nn::Interpreter interpreter_;
  nn::Model model_;
  std::uint32_t case_;
  HostFile* results_;
};

// Opens the model of `bytes`, whatever target it was compiled for: every kernel is in this image.
Result<nn::Interpreter> Open(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < sizeof(nn::Header)) return Status::kInvalidArgument;
  const auto& header = *reinterpret_cast<const nn::Header*>(bytes.data());
  TINYFOG_TRY_ASSIGN(const nn::Model model,
                     nn::Model::Open(bytes, nn::AllOperators(), nn::Target{header.target}));
  return nn::Interpreter::Create(model, g_arena);
}

bool RunCase(HostFile& batch, const CaseHeader& header, std::uint32_t number, HostFile* results) {
  const std::uint32_t inputs_bytes = header.runs * header.input_bytes;
  if (header.magic != kBatchMagic || Padded(header.tfm_bytes) > sizeof(g_model) ||
      Padded(inputs_bytes) > sizeof(g_inputs) || !batch.Read({g_model, Padded(header.tfm_bytes)}) ||
      !batch.Read({g_inputs, Padded(inputs_bytes)})) {
    Print("case ", number, " is damaged or too large\n");
    return false;
  }
  const auto interpreter = Open({g_model, header.tfm_bytes});
  if (!interpreter.ok()) {
    Print("case ", number, " refused ", StatusName(interpreter.error()), "\n");
    return true;
  }
  nn::Interpreter fresh = *interpreter;
  Runner runner(*interpreter, number, results);
  for (std::uint32_t run = 0; run < header.runs; ++run) {
    if (run % header.runs_per_reset == 0) fresh.Reset();
    runner.Run(run, {g_inputs + run * header.input_bytes, header.input_bytes}, header.steps != 0);
  }
  return true;
}

bool RunBatch(const char* name, HostFile* results) {
  HostFile batch(name, HostFile::Mode::kRead);
  if (!batch.is_open()) {
    Print("cannot open ", name, "\n");
    return false;
  }
  std::uint32_t left = batch.size();
  for (std::uint32_t number = 0; left >= sizeof(CaseHeader); ++number) {
    CaseHeader header;
    static_cast<void>(batch.Read({reinterpret_cast<std::uint8_t*>(&header), sizeof(header)}));
    if (!RunCase(batch, header, number, results)) return false;
    left -= static_cast<std::uint32_t>(sizeof(header)) + Padded(header.tfm_bytes) +
            Padded(header.runs * header.input_bytes);
  }
  return left == 0;
}

std::uint32_t ParseNumber(const char* text) {
  std::uint32_t number = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    number = number * 10 + static_cast<std::uint32_t>(*text - '0');
  }
  return number;
}

// Seeds 1 to `seeds`, each with x = x * 1664525 + 1013904223, byte = x >> 24.
bool RunModel(const char* name, std::uint32_t seeds) {
  HostFile file(name, HostFile::Mode::kRead);
  if (!file.is_open() || file.size() > sizeof(g_model) || !file.Read({g_model, file.size()})) {
    Print("cannot read ", name, "\n");
    return false;
  }
  const auto interpreter = Open({g_model, file.size()});
  if (!interpreter.ok()) {
    Print("refused ", StatusName(interpreter.error()), "\n");
    return false;
  }
  nn::Interpreter fresh = *interpreter;
  Runner runner(*interpreter, 0, nullptr);
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    std::uint32_t x = seed;
    for (std::uint8_t& byte : g_inputs) {
      x = x * 1664525u + 1013904223u;
      byte = static_cast<std::uint8_t>(x >> 24);
    }
    fresh.Reset();
    runner.Run(seed, g_inputs, true);
  }
  return true;
}

}  // namespace

std::int32_t Main() {
  char line[1024] = {};
  const char* words[4] = {};
  const std::uint32_t count = CommandLine(line, words);
  const std::string_view kind = count > 1 ? words[1] : "";
  bool done = false;
  if (kind == "batch" && count == 4) {
    HostFile results(words[3], HostFile::Mode::kWrite);
    done = results.is_open() && RunBatch(words[2], &results);
  } else if (kind == "batch" && count == 3) {
    done = RunBatch(words[2], nullptr);
  } else if (kind == "model" && count == 4) {
    done = RunModel(words[2], ParseNumber(words[3]));
  } else {
    Print("usage: board-run batch FILE [RESULTS] | board-run model FILE.tfm SEEDS\n");
  }
  Print(done ? "done\n" : "failed\n");
  return done ? 0 : 1;
}

}  // namespace tinyfog::board
