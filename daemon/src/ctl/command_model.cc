#include <algorithm>
#include <map>
#include <set>

#include "commands.h"
#include "model_view.h"
#include "state_text.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::ctl {
namespace {

using Align = term::Column::Align;

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Done Say(const Output& output, const Options& options, const char* did, const char* key) {
  if (output.json) {
    term::JsonWriter json;
    json.Object().Field("model", options.model).Field(key, true).End();
    output.Json(json);
  } else {
    output.Text(std::string(did) + " " + term::Printable(options.model) + "\n");
  }
  return {};
}

}  // namespace

std::vector<std::string> CloseNames(const std::string& name, const std::set<std::string>& all) {
  std::vector<std::pair<std::size_t, std::string>> close;
  for (const auto& candidate : all) {
    const std::size_t distance = term::EditDistance(name, candidate);
    const bool part = name.size() >= 2 && candidate.find(name) != std::string::npos;
    if (part || distance <= std::max<std::size_t>(1, name.size() / 3)) {
      close.emplace_back(distance, candidate);
    }
  }
  std::sort(close.begin(), close.end());
  std::vector<std::string> names;
  for (const auto& [distance, candidate] : close) names.push_back(candidate);
  if (names.size() > 3) names.resize(3);
  return names;
}

Failure SuggestModels(Client& client, const std::string& model, Failure failure) {
  if (failure.error.code != Status::kNotFound) return failure;
  const auto index = client.Index();
  if (!index.ok()) return failure;
  std::set<std::string> names;
  for (const auto& entry : index->models()) names.insert(entry.name());
  if (names.contains(model)) {
    failure.hint = "`tinyfogctl model list` shows its versions.";
  } else if (const auto close = CloseNames(model, names); !close.empty()) {
    failure.hint = "Did you mean " + Join(close) + "?";
  } else if (names.empty()) {
    failure.hint = "The repository is empty: `tinyfogctl model push NAME FILE.tflite` fills it.";
  } else {
    std::vector<std::string> all(names.begin(), names.end());
    const bool more = all.size() > 10;
    if (more) all.resize(10);
    failure.hint = "There are: " + Join(all) + (more ? ", …" : "");
  }
  return failure;
}

Done RunModelList(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto index, client.Index());
  if (options.names_only) {
    std::set<std::string> names;
    for (const auto& entry : index.models()) names.insert(entry.name());
    for (const auto& name : names) output.Text(term::Printable(name) + "\n");
    return {};
  }
  TINYFOG_TRY_ASSIGN(const auto status, client.Status());
  std::map<std::pair<std::string, std::string>, const v1::ModelSummary*> summaries;
  for (const auto& model : status.models()) summaries[{model.name(), model.version()}] = &model;
  term::JsonWriter json;
  json.Object().Key("models").Array();
  term::Table table({{"MODEL"},
                     {"VERSION", Align::kRight},
                     {"STATE"},
                     {"REQUESTS", Align::kRight},
                     {"QUEUED", Align::kRight},
                     {"REASON", Align::kLeft, true}});
  for (const auto& entry : index.models()) {
    const auto it = summaries.find({entry.name(), entry.version()});
    const v1::ModelSummary summary = it == summaries.end() ? v1::ModelSummary() : *it->second;
    table.Row({entry.name(), entry.version(), ModelStateCell(entry.state()),
               term::HumanCount(summary.requests()), term::HumanCount(summary.queue_depth()),
               entry.reason()});
    json.Object().Field("name", entry.name()).Field("version", entry.version());
    json.Field("state", entry.state()).Field("reason", entry.reason());
    json.Field("requests", summary.requests()).Field("queue_depth", summary.queue_depth()).End();
  }
  json.End().End();
  if (output.json) {
    output.Json(json);
  } else {
    output.Text(table.empty() ? "The repository is empty.\n" : table.Render(output.out.style));
  }
  return {};
}

Done RunModelShow(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto metadata, client.Metadata(options.model, options.version));
  TINYFOG_TRY_ASSIGN(const auto config, client.Config(options.model, options.version));
  TINYFOG_TRY_ASSIGN(const auto stats, client.Statistics(options.model, options.version));
  const ModelView view = MakeModelView(metadata, config);
  if (output.json) {
    term::JsonWriter json;
    WriteModel(view, stats, json);
    output.Json(json);
  } else {
    output.Text(RenderModel(view, stats, output.out.style));
  }
  return {};
}

Done RunModelLoad(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY(client.Load(options.model));
  return Say(output, options, "loaded", "loaded");
}

Done RunModelUnload(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY(client.Unload(options.model));
  return Say(output, options, "unloaded", "unloaded");
}

}  // namespace tinyfog::ctl
