#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tinyfog::demo {

struct ShowOptions {
  std::string broker;
  std::string site = "default";
  std::string model = "motor";
  std::string model_file;
  std::uint32_t nodes = 3;
  std::uint64_t seed = 1;
  double rate = 10;                 ///< windows per second and node
  bool check = false;               ///< judge by exit status; no live table
  std::uint64_t answers = 0;        ///< stop after so many; 0: never
  std::chrono::seconds limit{120};  ///< a check that takes longer has failed
  bool no_color = false;
};

/// Starts the nodes as processes, shows their readings and stops them. Call it with SIGINT and
/// SIGTERM blocked; they end it. Returns the exit status: 0 when the check holds or nothing was to
/// be checked, 1 otherwise.
int Show(const ShowOptions& options);

}  // namespace tinyfog::demo
