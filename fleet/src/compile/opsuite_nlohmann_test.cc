#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "runner_for_test.h"
#include "tinyfog/base/crc32.h"

// Every model of the shared operator suite against its reference outputs.
namespace tinyfog::compile {
namespace {

using nlohmann::json;

template <class T>
void Put(std::span<std::uint8_t>& bytes, T value) {
  std::memcpy(bytes.data(), &value, sizeof(T));
  bytes = bytes.subspan(sizeof(T));
}

// Fills an input by the suite's rule for it.
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

// Why an output differs; empty if it does not.
std::string Difference(std::span<const std::uint8_t> got, const json& expected, double tolerance) {
  if (expected["dtype"] != "float32") {
    if (!expected.contains("crc32")) return "no reference";
    return Crc32(got) == expected["crc32"] ? "" : "the bytes differ";
  }
  const std::vector<double> values = expected["data"];
  if (values.size() * 4 != got.size()) return "the size differs";
  for (std::size_t i = 0; i < values.size(); ++i) {
    float value;
    std::memcpy(&value, got.data() + i * 4, 4);
    if (!(std::abs(value - values[i]) <= tolerance)) {
      return "value " + std::to_string(i) + " is " + std::to_string(value) + ", not " +
             std::to_string(values[i]);
    }
  }
  return "";
}

// Runs one seed and compares every output.
std::string RunSeed(Runner& runner, const json& test, const std::string& seed) {
  InputBytes source(static_cast<std::uint32_t>(std::stoul(seed)));
  nn::Interpreter& interpreter = runner.interpreter();
  interpreter.Reset();
  const int invokes = test.value("invokes", 1);
  for (int run = 0; run < invokes; ++run) {
    for (std::uint16_t i = 0; i < test["inputs"].size(); ++i) {
      FillInput(interpreter.input(i), test["inputs"][i]["rule"], source);
    }
    interpreter.Run();
  }
  const json& expected = test["seeds"][seed];
  const bool disputed = expected.contains("litert_outputs");
  const json& outputs = expected[disputed ? "litert_outputs" : "outputs"];
  for (std::uint16_t i = 0; i < outputs.size(); ++i) {
    const std::string difference =
        Difference(interpreter.output(i), outputs[i], test.value("tolerance", 0.0));
    if (!difference.empty()) {
      return "seed " + seed + " output " + std::to_string(i) + ": " + difference;
    }
  }
  return "";
}

// Operators and types that the compiler has no kernel for.
bool IsKnownGap(const std::string& reason) {
  for (const char* gap : {"(ADD_N)", "(DIV)"}) {
    if (reason.find(gap) != std::string::npos) return true;
  }
  return false;
}

TEST(Opsuite, EveryModelEqualsItsReference) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const json suite = json::parse(std::ifstream(*shared + "/opsuite/expected.json"));
  int passed = 0;
  int without_reference = 0;
  std::map<std::string, std::string> unsupported;
  for (const auto& [name, test] : suite.items()) {
    if (test.value("disputed", false) && !test["seeds"]["1"].contains("litert_outputs")) {
      ++without_reference;  // the reference is wrong and nobody else has an answer
      continue;
    }
    auto runner = Runner::FromTflite(*shared + "/opsuite/" + test["file"].get<std::string>());
    if (!runner.ok()) {
      unsupported[name] = runner.error().message;
      continue;
    }
    std::string failure;
    for (const auto& [seed, expected] : test["seeds"].items()) {
      if (failure.empty()) failure = RunSeed(**runner, test, seed);
    }
    EXPECT_EQ(failure, "") << name;
    passed += failure.empty();
  }
  for (const auto& [name, reason] : unsupported) {
    EXPECT_TRUE(IsKnownGap(reason)) << name << ": " << reason;
    std::cout << "unsupported: " << name << ": " << reason.substr(0, 150) << "\n";
  }
  std::cout << passed << " of " << suite.size() << " equal, " << unsupported.size()
            << " unsupported, " << without_reference << " without a valid reference\n";
}

}  // namespace
}  // namespace tinyfog::compile
