#include "description.h"

#include <fmt/format.h>

#include <algorithm>

#include "tinyfog/compile/compile.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/json_writer.h"

namespace tinyfog::package {
namespace {

std::string Hex(Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::string_view TargetOf(const wire::ModelManifest& manifest) {
  return compile::TargetName(static_cast<nn::Target>(manifest.target));
}

std::string TargetText(const wire::ModelManifest& manifest) {
  const std::string_view target = TargetOf(manifest);
  return target == "cortex-m4" ? "cortex-m4, cortex-m7, cortex-m33" : std::string(target);
}

std::string OperatorsText(const wire::ModelManifest& manifest) {
  std::string text;
  for (const nn::Opcode opcode : OpcodesOf(manifest.operators)) {
    text += (text.empty() ? "" : ", ") + compile::KernelName(opcode);
  }
  return text;
}

std::size_t RawChunks(const Package& package) {
  return static_cast<std::size_t>(
      std::ranges::count_if(package.chunks, [](Bytes chunk) { return chunk[0] == 0; }));
}

std::size_t Tables(const wire::ModelManifest& manifest) {
  return manifest.codes.size() / wire::kCodeTableBytes;
}

std::string SizeText(const Description& d) {
  const auto& m = d.package.manifest;
  const double ratio = static_cast<double>(d.file_bytes) / m.tfm_bytes;
  return fmt::format("{} bytes for a model of {} ({:.1f} %)", term::HumanCount(d.file_bytes),
                     term::HumanCount(m.tfm_bytes), 100 * ratio);
}

std::string ChunksText(const Package& package) {
  const std::size_t raw = RawChunks(package), coded = package.chunks.size() - raw;
  const std::size_t tables = Tables(package.manifest);
  if (coded == 0) return fmt::format("{}, raw", raw);
  return fmt::format("{}: {} coded with {} table{}, {} raw", package.chunks.size(), coded, tables,
                     tables == 1 ? "" : "s", raw);
}

}  // namespace

std::string DescriptionText(const Description& d, const term::Style& style) {
  const wire::ModelManifest& m = d.package.manifest;
  return term::Pairs(
      {{"model", fmt::format("{}@{}", m.name, m.version)},
       {"target", TargetText(m)},
       {"hardware", m.hardware.empty() ? "any" : std::string(m.hardware)},
       {"security counter", std::to_string(m.security_counter)},
       {"package", SizeText(d)},
       {"chunks", ChunksText(d.package)},
       {"arena", fmt::format("{} bytes", term::HumanCount(m.arena_bytes))},
       {"operators", OperatorsText(m)},
       {"format", fmt::format("{}", m.tfm_version)},
       {"golden test", fmt::format("seed {}, input {:08x}, output {:08x}", m.golden_seed,
                                   m.golden_input_crc, m.golden_output_crc)},
       {"model's sha256", Hex(m.digest)},
       {"key's sha256", Hex(m.key_hash)},
       {"sha256", Hex(d.digest)}},
      style);
}

std::string DescriptionJson(const Description& d) {
  const wire::ModelManifest& m = d.package.manifest;
  term::JsonWriter json;
  json.Object()
      .Field("name", m.name)
      .Field("version", m.version)
      .Field("target", TargetOf(m))
      .Field("hardware", m.hardware)
      .Field("security_counter", m.security_counter)
      .Field("bytes", d.file_bytes)
      .Field("tfm_bytes", m.tfm_bytes)
      .Field("chunks", d.package.chunks.size())
      .Field("raw_chunks", RawChunks(d.package))
      .Field("tables", Tables(m))
      .Field("arena_bytes", m.arena_bytes)
      .Field("tfm_version", m.tfm_version);
  json.Key("operators").Array();
  for (const nn::Opcode opcode : OpcodesOf(m.operators)) json.Value(compile::KernelName(opcode));
  json.End()
      .Field("golden_seed", m.golden_seed)
      .Field("golden_input_crc", m.golden_input_crc)
      .Field("golden_output_crc", m.golden_output_crc)
      .Field("tfm_sha256", Hex(m.digest))
      .Field("key_sha256", Hex(m.key_hash))
      .Field("sha256", Hex(d.digest))
      .End();
  return json.text() + "\n";
}

}  // namespace tinyfog::package
