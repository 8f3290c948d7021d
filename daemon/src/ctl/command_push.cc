#include "commands.h"
#include "digest.h"
#include "tinyfog/host/file.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"
#include "upload_bar.h"

namespace tinyfog::ctl {
namespace {

void Say(const v1::PushModelProgress::Done& done, const Options& options, std::size_t bytes,
         const Output& output) {
  if (output.json) {
    term::JsonWriter json;
    json.Object().Field("model", options.model).Field("version", done.version());
    json.Field("bytes", bytes).Field("loaded", done.loaded()).Field("unchanged", done.unchanged());
    json.End();
    output.Json(json);
    return;
  }
  std::string text = done.unchanged() ? "already there: " : "stored ";
  text += term::Printable(options.model) + " version " + std::to_string(done.version()) + " (" +
          term::HumanBytes(bytes) + ")" + (done.loaded() ? ", loaded" : ", not loaded") + "\n";
  output.Text(text);
}

}  // namespace

Done RunModelPush(Client& client, const Options& options, const Output& output) {
  auto file = ReadFile(options.model_file);
  if (!file.ok()) return Unexpected(LocalFailure(std::move(file).error()));
  v1::PushModelRequest::Begin begin;
  begin.set_model(options.model);
  begin.set_version(options.version);
  begin.set_size(file->size());
  begin.set_sha256(Sha256(*file));
  begin.set_load(!options.no_load);
  if (!options.config_file.empty()) {
    const auto config = ReadFile(options.config_file, 1 << 20);
    if (!config.ok()) return Unexpected(LocalFailure(config.error()));
    begin.set_config_toml(std::string(config->begin(), config->end()));
  }
  UploadBar bar(output);
  TINYFOG_TRY_ASSIGN(const auto done,
                     client.Push(begin, *file, [&](std::uint64_t received, std::uint64_t size) {
                       bar.Show(received, size);
                     }));
  Say(done, options, file->size(), output);
  return {};
}

}  // namespace tinyfog::ctl
