#pragma once

#include <string>
#include <vector>

namespace tinyfog::ctl {

/// One command of the command line, as a completion script needs to know it.
struct CompletionNode {
  std::string path;                        ///< "", "status", "model load", ...
  std::vector<std::string> commands;       ///< below it
  std::vector<std::string> options;        ///< of its own, with dashes
  std::vector<std::string> file_options;   ///< take a file
  std::vector<std::string> value_options;  ///< take something that cannot be guessed
};

/// A script for bash; the first node is the program itself, whose options hold everywhere.
std::string RenderBashCompletion(const std::vector<CompletionNode>& nodes);

}  // namespace tinyfog::ctl
