#include <fmt/format.h>

#include "commands.h"
#include "tinyfog/compile/board.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/table.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::ctl {
namespace {

using compile::Board;

struct Row {
  const Board* board;
  compile::Fit fit;
  std::uint32_t arena_bytes;
  std::size_t model_bytes;
};

std::string NamesOfBoards() {
  std::string names;
  for (const Board& board : compile::Boards()) {
    names += (names.empty() ? "" : ", ") + std::string(board.name);
  }
  return names;
}

Result<std::vector<const Board*>, Failure> Chosen(const Options& options) {
  std::vector<const Board*> boards;
  for (const std::string& name : options.boards) {
    const Board* board = compile::BoardNamed(name);
    if (board == nullptr) {
      return Unexpected(
          UsageFailure("there is no board '" + name + "'; known: " + NamesOfBoards()));
    }
    boards.push_back(board);
  }
  if (!boards.empty()) return boards;
  for (const Board& board : compile::Boards()) boards.push_back(&board);
  return boards;
}

Outcome<std::vector<Row>> Fit(const std::vector<std::uint8_t>& file,
                              const std::vector<const Board*>& boards) {
  TINYFOG_TRY_ASSIGN(const auto model, tflite::Parse(file));
  TINYFOG_TRY_ASSIGN(const auto graph, graph::FromTflite(*model));
  std::vector<Row> rows;
  for (const Board* board : boards) {
    const compile::Options options{.target = *compile::TargetNamed(board->target)};
    TINYFOG_TRY_ASSIGN(const auto compiled, compile::Compile(graph, options));
    rows.push_back(
        {board, compile::FitOn(*board, compiled), compiled.arena_bytes, compiled.tfm.size()});
  }
  return rows;
}

void PrintTable(const std::vector<Row>& rows, const Output& output) {
  using Align = term::Column::Align;
  term::Table table({{"BOARD"},
                     {"WHAT", Align::kLeft, true},
                     {"MHZ", Align::kRight},
                     {"ARENA", Align::kRight},
                     {"MODEL", Align::kRight},
                     {"RAM", Align::kRight},
                     {"FLASH", Align::kRight},
                     {"TIME", Align::kRight},
                     {"FITS"}});
  for (const Row& row : rows) {
    const auto share = [](std::uint64_t used, std::uint64_t of) {
      return fmt::format("{:.1f} %", 100.0 * static_cast<double>(used) / static_cast<double>(of));
    };
    const Board& board = *row.board;
    const compile::Fit& fit = row.fit;
    table.Row({std::string(board.name),
               std::string(board.what),
               std::to_string(board.clock_mhz),
               term::HumanBytes(row.arena_bytes),
               term::HumanBytes(row.model_bytes),
               share(fit.ram_bytes, board.ram_bytes),
               share(fit.flash_bytes, board.flash_bytes),
               fmt::format("{:.1f} ms", fit.milliseconds),
               {fit.fits ? "yes" : "no", fit.fits ? term::Tone::kGood : term::Tone::kBad}});
  }
  output.Text(
      table.Render(output.out.style) +
      "\nRAM and FLASH include the runtime. TIME is an estimate from the kernels' instruction "
      "counts.\n");
}

void PrintJson(const std::vector<Row>& rows, const Output& output) {
  term::JsonWriter json;
  json.Object().Key("boards").Array();
  for (const Row& row : rows) {
    json.Object().Field("board", row.board->name).Field("target", row.board->target);
    json.Field("clock_mhz", row.board->clock_mhz).Field("arena_bytes", row.arena_bytes);
    json.Field("model_bytes", row.model_bytes);
    json.Field("ram_bytes", row.fit.ram_bytes).Field("ram_available", row.board->ram_bytes);
    json.Field("flash_bytes", row.fit.flash_bytes);
    json.Field("flash_available", row.board->flash_bytes);
    json.Field("instructions", row.fit.instructions).Field("ms", row.fit.milliseconds);
    json.Field("fits", row.fit.fits).End();
  }
  json.End().End();
  output.Json(json);
}

}  // namespace

Done RunModelFit(const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto boards, Chosen(options));
  const auto file = ReadFile(options.model_file);
  if (!file.ok()) return Unexpected(LocalFailure(file.error()));
  auto rows = Fit(*file, boards);
  if (!rows.ok()) {
    return Unexpected(LocalFailure(InContext(std::move(rows).error(), options.model_file)));
  }
  output.json ? PrintJson(*rows, output) : PrintTable(*rows, output);
  for (const Row& row : *rows) {
    if (row.fit.fits || options.boards.empty()) continue;
    return Unexpected(LocalFailure(
        {Status::kResourceExhausted, "the model does not fit " + std::string(row.board->name)}));
  }
  return {};
}

}  // namespace tinyfog::ctl
