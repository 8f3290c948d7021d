#include "artifact_view.h"

#include <google/protobuf/util/time_util.h>

#include "tinyfog/term/format.h"

namespace tinyfog::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using Align = term::Column::Align;

constexpr std::size_t kShortDigest = 12;

const char* KindText(v1::ArtifactKind kind) {
  switch (kind) {
    case v1::ARTIFACT_KIND_FIRMWARE:
      return "firmware";
    case v1::ARTIFACT_KIND_MODEL:
      return "model";
    default:
      return "unknown";
  }
}

bool IsModel(const v1::ArtifactInfo& a) { return a.kind() == v1::ARTIFACT_KIND_MODEL; }

/// Whom it is for: "cortex-m4", "mps2-an386", "cortex-m4 mps2-an386".
std::string For(const v1::ArtifactInfo& a) {
  return a.target() + (a.target().empty() || a.hardware().empty() ? "" : " ") + a.hardware();
}

std::string Exact(std::uint64_t bytes) { return term::HumanCount(bytes) + " bytes"; }

}  // namespace

std::string ArtifactName(const v1::ArtifactInfo& a) {
  return std::string(KindText(a.kind())) + " " + a.name() + "@" + a.version();
}

std::string RenderArtifacts(const v1::ListArtifactsResponse& list, const term::Style& style) {
  if (list.artifacts().empty()) {
    return "There are no artifacts: `tinyfogctl artifact push FILE` stores one.\n";
  }
  term::Table table({{"DIGEST"},
                     {"KIND"},
                     {"NAME", Align::kLeft, true},
                     {"VERSION"},
                     {"FOR", Align::kLeft, true},
                     {"SIZE", Align::kRight},
                     {"COUNTER", Align::kRight},
                     {"STORED"}});
  for (const auto& a : list.artifacts()) {
    table.Row({a.digest().substr(0, kShortDigest), KindText(a.kind()), a.name(), a.version(),
               For(a), term::HumanBytes(a.bytes()), std::to_string(a.security_counter()),
               TimeUtil::ToString(TimeUtil::SecondsToTimestamp(a.stored().seconds()))});
  }
  return table.Render(style);
}

std::string RenderArtifact(const v1::ArtifactInfo& a, const term::Style& style) {
  std::vector<std::pair<std::string, term::Cell>> pairs{
      {"digest", a.digest()},
      {"kind", KindText(a.kind())},
      {"name", a.name()},
      {"version", a.version()},
      {"hardware", a.hardware().empty() ? "any" : a.hardware()},
      {"size", Exact(a.bytes()) + " in " + std::to_string(a.chunks()) + " chunks"}};
  if (IsModel(a)) {
    pairs.insert(pairs.end(), {{"target", a.target()},
                               {"encoding", a.encoding()},
                               {"on the node", Exact(a.decoded_bytes())},
                               {"arena", Exact(a.arena_bytes())}});
  }
  pairs.insert(pairs.end(), {{"security counter", std::to_string(a.security_counter())},
                             {"signed by", a.key()},
                             {"stored", TimeUtil::ToString(a.stored())}});
  return term::Pairs(pairs, style);
}

void WriteArtifact(const v1::ArtifactInfo& a, term::JsonWriter& json) {
  json.Object()
      .Field("digest", a.digest())
      .Field("kind", KindText(a.kind()))
      .Field("name", a.name())
      .Field("version", a.version())
      .Field("bytes", a.bytes())
      .Field("chunks", a.chunks())
      .Field("hardware", a.hardware())
      .Field("target", a.target())
      .Field("encoding", a.encoding())
      .Field("decoded_bytes", a.decoded_bytes())
      .Field("arena_bytes", a.arena_bytes())
      .Field("security_counter", a.security_counter())
      .Field("key", a.key())
      .Field("stored", TimeUtil::ToString(a.stored()))
      .End();
}

}  // namespace tinyfog::ctl
