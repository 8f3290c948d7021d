#include "artifacts.h"

#include "tinyfog/log/log.h"

namespace tinyfog::rpc {
namespace {

std::string Named(const artifact::Artifact& a) { return a.name + "@" + a.version; }

}  // namespace

Artifacts::Artifacts(ArtifactBacking backing, metrics::Registry& metrics, events::EventBus& events)
    : backing_(std::move(backing)), metrics_(metrics), events_(events) {
  Count();
}

Outcome<artifact::Store::Added> Artifacts::Add(std::span<const std::uint8_t> file) {
  auto added = store().Add(file);
  if (added.ok() && !added->unchanged) Tell(*added->artifact, "stored");
  return added;
}

Outcome<artifact::ArtifactPtr> Artifacts::Remove(const std::string& reference) {
  TINYFOG_TRY_ASSIGN(const artifact::ArtifactPtr artifact, store().Find(reference));
  if (backing_.is_desired && backing_.is_desired(artifact->digest)) {
    return FailedPrecondition("nodes are to have " + Named(*artifact) +
                              ": give them another one first; `tinyfogctl node list` shows them");
  }
  TINYFOG_TRY(store().Remove(artifact->digest));
  Tell(*artifact, "removed");
  return artifact;
}

void Artifacts::PushDone(const std::string& outcome) {
  metrics_
      .GetCounter("tinyfog_artifact_pushes_total", "Artifact uploads that ended, by outcome",
                  {{"outcome", outcome}})
      .Increment();
}

void Artifacts::Count() {
  for (const auto kind : {wire::ArtifactKind::kFirmware, wire::ArtifactKind::kModel}) {
    double count = 0, bytes = 0;
    for (const auto& artifact : store().List()) {
      if (artifact->kind != kind) continue;
      ++count;
      bytes += static_cast<double>(artifact->bytes);
    }
    const char* label = kind == wire::ArtifactKind::kModel ? "model" : "firmware";
    metrics_.GetGauge("tinyfog_artifacts", "Artifacts for nodes", {{"kind", label}}).Set(count);
    metrics_.GetGauge("tinyfog_artifact_bytes", "Bytes of artifacts on disk", {{"kind", label}})
        .Set(bytes);
  }
}

void Artifacts::Tell(const artifact::Artifact& artifact, const char* state) {
  Count();
  const std::string digest = artifact::HexOf(artifact.digest);
  log::Info(std::string("artifact ") + state,
            {{"artifact", Named(artifact)}, {"digest", digest}, {"bytes", artifact.bytes}});
  v1::Event event;
  event.set_kind(v1::Event::KIND_ARTIFACT);
  event.set_text("artifact " + Named(artifact) + " " + state);
  event.mutable_artifact()->set_digest(digest);
  event.mutable_artifact()->set_name(artifact.name);
  event.mutable_artifact()->set_version(artifact.version);
  event.mutable_artifact()->set_state(state);
  events_.Publish(std::move(event));
}

v1::ArtifactInfo ToMessage(const artifact::Artifact& a) {
  v1::ArtifactInfo info;
  info.set_digest(artifact::HexOf(a.digest));
  info.set_kind(static_cast<v1::ArtifactKind>(a.kind));
  info.set_name(a.name);
  info.set_version(a.version);
  info.set_bytes(a.bytes);
  info.set_chunks(a.chunks);
  info.set_hardware(a.hardware);
  info.set_target(a.target);
  info.set_encoding(a.encoding);
  info.set_decoded_bytes(a.decoded_bytes);
  info.set_arena_bytes(a.arena_bytes);
  info.set_security_counter(a.security_counter);
  info.set_key(artifact::HexOf(a.key));
  const auto since =
      std::chrono::duration_cast<std::chrono::nanoseconds>(a.stored.time_since_epoch());
  info.mutable_stored()->set_seconds(since.count() / 1'000'000'000);
  info.mutable_stored()->set_nanos(static_cast<std::int32_t>(since.count() % 1'000'000'000));
  return info;
}

}  // namespace tinyfog::rpc
