#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "opsuite_for_test.h"
#include "tinyfog/base/crc32.h"

namespace tinyfog::compile {
namespace {

using nlohmann::json;

OpsuiteCase::Output ParseOutput(const json& output) {
  OpsuiteCase::Output parsed;
  parsed.is_float = output["dtype"] == "float32";
  if (parsed.is_float) parsed.values = output["data"].get<std::vector<double>>();
  if (output.contains("crc32")) parsed.crc = output["crc32"].get<std::uint32_t>();
  return parsed;
}

OpsuiteCase ParseCase(const json& test) {
  OpsuiteCase parsed;
  for (const json& input : test["inputs"]) parsed.input_rules.push_back(input["rule"]);
  parsed.invokes = test.value("invokes", 1u);
  parsed.tolerance = test.value("tolerance", 0.0);
  const bool disputed = test.value("disputed", false);
  for (const auto& [number, seed] : test["seeds"].items()) {
    // Where the reference is wrong another's answer counts, if there is one.
    if (disputed && !seed.contains("litert_outputs")) continue;
    parsed.seeds.push_back({static_cast<std::uint32_t>(std::stoul(number)), {}});
    for (const json& output : seed[disputed ? "litert_outputs" : "outputs"]) {
      parsed.seeds.back().outputs.push_back(ParseOutput(output));
    }
  }
  return parsed;
}

template <class T>
void Put(std::span<std::uint8_t>& bytes, T value) {
  std::memcpy(bytes.data(), &value, sizeof(T));
  bytes = bytes.subspan(sizeof(T));
}

}  // namespace

std::string GoldenFolder() { return std::string(TINYFOG_SOURCE_DIR) + "/tests/golden"; }

std::vector<OpsuiteCase> LoadOpsuite(const std::string& folder) {
  const json suite = json::parse(std::ifstream(folder + "/expected.json"));
  std::vector<OpsuiteCase> cases;
  for (const auto& [name, test] : suite.items()) {
    cases.push_back(ParseCase(test));
    cases.back().name = name;
    cases.back().path = folder + "/" + test["file"].get<std::string>();
  }
  return cases;
}

void FillInput(std::span<std::uint8_t> bytes, const std::string& rule, InputBytes& source) {
  const std::int32_t modulus = rule.starts_with("mod ") ? std::stoi(rule.substr(4)) : 0;
  while (!bytes.empty()) {
    const std::uint8_t byte = source.Next();
    if (modulus > 0) {
      Put(bytes, std::int32_t{byte % modulus});
    } else if (rule == "signed byte") {
      Put(bytes, std::int32_t{static_cast<std::int8_t>(byte)});
    } else if (rule == "signed byte / 32") {
      Put(bytes, static_cast<float>(static_cast<std::int8_t>(byte)) / 32);
    } else {
      Put(bytes, rule == "bit" ? static_cast<std::uint8_t>(byte & 1) : byte);
    }
  }
}

std::string Difference(std::span<const std::uint8_t> got, const OpsuiteCase::Output& expected,
                       double tolerance) {
  if (!expected.is_float) {
    if (!expected.crc) return "no reference";
    return Crc32(got) == *expected.crc ? "" : "the bytes differ";
  }
  if (expected.values.size() * 4 != got.size()) return "the size differs";
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    float value;
    std::memcpy(&value, got.data() + i * 4, 4);
    if (!(std::abs(value - expected.values[i]) <= tolerance)) {
      return "value " + std::to_string(i) + " is " + std::to_string(value) + ", not " +
             std::to_string(expected.values[i]);
    }
  }
  return "";
}

}  // namespace tinyfog::compile
