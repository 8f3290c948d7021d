#include <nlohmann/json.hpp>
#include <sstream>

#include "ctl.h"

namespace tinyfog::testing {

std::vector<std::string> CtlCommand(const Gateway& gateway,
                                    const std::vector<std::string>& arguments) {
  std::vector<std::string> command{Program("tinyfogctl"), "--server", gateway.unix_target()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

Finished RunCtl(const Gateway& gateway, const std::vector<std::string>& arguments,
                std::chrono::seconds bound) {
  return RunCommand(CtlCommand(gateway, arguments), "", bound);
}

std::string NodeField(const Gateway& gateway, const std::string& node, const std::string& path) {
  const auto shown = RunCtl(gateway, {"--json", "node", "show", node});
  if (shown.code != 0) return "";
  auto json = nlohmann::json::parse(shown.output);
  std::istringstream names(path);
  for (std::string name; std::getline(names, name, '.');) {
    if (!json.is_object() || !json.contains(name)) return "";
    json = nlohmann::json(json[name]);
  }
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace tinyfog::testing
