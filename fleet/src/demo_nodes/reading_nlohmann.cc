#include <nlohmann/json.hpp>

#include "reading.h"
#include "tinyfog/term/json_writer.h"

namespace tinyfog::demo {
namespace {

constexpr Fate kFates[] = {Fate::kAnswered, Fate::kRefused, Fate::kLost, Fate::kLate,
                           Fate::kUnmatched};

}  // namespace

std::string_view FateName(Fate fate) {
  switch (fate) {
    case Fate::kAnswered:
      return "answered";
    case Fate::kRefused:
      return "refused";
    case Fate::kLost:
      return "lost";
    case Fate::kLate:
      return "late";
    case Fate::kUnmatched:
      break;
  }
  return "unmatched";
}

std::string WriteReading(const Reading& reading) {
  term::JsonWriter json;
  json.Object().Field("node", reading.node).Field("index", reading.index);
  json.Field("truth", reading.truth).Field("answer", reading.answer);
  json.Field("confidence", reading.confidence).Field("latency_us", reading.latency_us);
  json.Field("outcome", FateName(reading.fate)).End();
  return json.text();
}

Outcome<Reading> ParseReading(std::string_view line) {
  try {
    const auto json = nlohmann::json::parse(line);
    Reading reading;
    reading.node = json.at("node").get<std::string>();
    reading.index = json.at("index").get<std::uint64_t>();
    reading.truth = json.at("truth").get<std::string>();
    reading.answer = json.at("answer").get<std::string>();
    reading.confidence = json.at("confidence").get<double>();
    reading.latency_us = json.at("latency_us").get<std::uint64_t>();
    const auto outcome = json.at("outcome").get<std::string>();
    for (const Fate fate : kFates) {
      if (outcome != FateName(fate)) continue;
      reading.fate = fate;
      return reading;
    }
    return InvalidArgument("unknown outcome '" + outcome + "'");
  } catch (const nlohmann::json::exception& e) {
    return InvalidArgument(e.what());
  }
}

}  // namespace tinyfog::demo
