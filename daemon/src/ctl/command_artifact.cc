#include "artifact_view.h"
#include "commands.h"
#include "digest.h"
#include "tinyfog/host/file.h"
#include "tinyfog/term/text.h"
#include "upload_bar.h"

namespace tinyfog::ctl {
namespace {

Answer<v1::ArtifactInfo> WithHint(Answer<v1::ArtifactInfo> answer) {
  if (answer.ok() || answer.error().error.code != Status::kNotFound) return answer;
  Failure failure = std::move(answer).error();
  failure.hint = "`tinyfogctl artifact list` shows what there is.";
  return Unexpected(std::move(failure));
}

// `done`: what has happened to it, e.g. "removed".
Done Say(const v1::ArtifactInfo& artifact, const char* done, const Output& output) {
  if (output.json) {
    term::JsonWriter json;
    json.Object().Field("result", done).Key("artifact");
    WriteArtifact(artifact, json);
    json.End();
    output.Json(json);
    return {};
  }
  const char* after = done == std::string_view("already there") ? ": " : " ";
  output.Text(std::string(done) + after + term::Printable(ArtifactName(artifact)) + " (" +
              term::HumanBytes(artifact.bytes()) + ", " + artifact.digest().substr(0, 12) + ")\n");
  return {};
}

}  // namespace

Done RunArtifactPush(Client& client, const Options& options, const Output& output) {
  auto file = ReadFile(options.artifact_file);
  if (!file.ok()) return Unexpected(LocalFailure(std::move(file).error()));
  v1::PushArtifactRequest::Begin begin;
  begin.set_size(file->size());
  begin.set_sha256(Sha256(*file));
  UploadBar bar(output);
  TINYFOG_TRY_ASSIGN(
      const auto done,
      client.PushArtifact(begin, *file, [&](std::uint64_t received, std::uint64_t size) {
        bar.Show(received, size);
      }));
  return Say(done.artifact(), done.unchanged() ? "already there" : "stored", output);
}

Done RunArtifactList(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto list, client.Artifacts());
  if (options.names_only) {
    std::set<std::string> names;
    for (const auto& a : list.artifacts()) names.insert(a.name() + "@" + a.version());
    for (const auto& name : names) output.Text(term::Printable(name) + "\n");
    return {};
  }
  if (!output.json) {
    output.Text(RenderArtifacts(list, output.out.style));
    return {};
  }
  term::JsonWriter json;
  json.Object().Key("artifacts").Array();
  for (const auto& artifact : list.artifacts()) WriteArtifact(artifact, json);
  json.End().End();
  output.Json(json);
  return {};
}

Done RunArtifactShow(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto artifact, WithHint(client.Artifact(options.artifact)));
  if (output.json) {
    term::JsonWriter json;
    WriteArtifact(artifact, json);
    output.Json(json);
  } else {
    output.Text(RenderArtifact(artifact, output.out.style));
  }
  return {};
}

Done RunArtifactVerify(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto artifact, WithHint(client.VerifyArtifact(options.artifact)));
  return Say(artifact, "verified", output);
}

Done RunArtifactRemove(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto artifact, WithHint(client.RemoveArtifact(options.artifact)));
  return Say(artifact, "removed", output);
}

}  // namespace tinyfog::ctl
