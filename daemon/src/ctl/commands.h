#pragma once

#include <set>
#include <string>
#include <vector>

#include "client.h"
#include "options.h"
#include "output.h"

/// One function per command. They print to `output` and return the failure that ends the program.
namespace tinyfog::ctl {

Done RunStatus(Client& client, const Output& output);
Done RunVersion(Client* client, const Output& output);  ///< client null: not reachable

Done RunModelList(Client& client, const Options& options, const Output& output);
Done RunModelShow(Client& client, const Options& options, const Output& output);
Done RunModelLoad(Client& client, const Options& options, const Output& output);
Done RunModelUnload(Client& client, const Options& options, const Output& output);
Done RunModelPush(Client& client, const Options& options, const Output& output);
Done RunModelInfer(Client& client, const Options& options, const Output& output);
/// Needs no gateway.
Done RunModelFit(const Options& options, const Output& output);

Done RunArtifactPush(Client& client, const Options& options, const Output& output);
Done RunArtifactList(Client& client, const Options& options, const Output& output);
Done RunArtifactShow(Client& client, const Options& options, const Output& output);
Done RunArtifactVerify(Client& client, const Options& options, const Output& output);
Done RunArtifactRemove(Client& client, const Options& options, const Output& output);

/// Call it with SIGINT and SIGTERM blocked; they end it with success.
Done RunWatch(Client& client, const Options& options, const Output& output);

Done RunNodeList(Client& client, const Options& options, const Output& output);
Done RunNodeShow(Client& client, const Options& options, const Output& output);
/// As RunWatch.
Done RunNodeWatch(Client& client, const Options& options, const Output& output);
Done RunNodeSet(Client& client, const Options& options, const Output& output);
Done RunNodeRemove(Client& client, const Options& options, const Output& output);

/// The up to three names that `name` may be a slip of, closest first.
std::vector<std::string> CloseNames(const std::string& name, const std::set<std::string>& all);

/// Adds to a "model not found" which models have close names, or which there are.
Failure SuggestModels(Client& client, const std::string& model, Failure failure);

}  // namespace tinyfog::ctl
