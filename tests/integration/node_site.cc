#include <random>

#include "ctl.h"
#include "node_site.h"
#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/firmware_image/signature.h"

namespace tinyfog::testing {
namespace {

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

}  // namespace

NodeSite::NodeSite(const std::string& broker_uri, const std::string& fleet) {
  const auto key = firmware_image::Key::Generate();
  EXPECT_TRUE(key.ok());
  Store(folder_ / "signing.key", *key->PrivatePem());
  Store(folder_ / "signing.pub", key->PublicPem());
  Gateway::Options options;
  options.broker_uri = broker_uri;
  options.tables["artifacts"] = "trusted_keys = [\"" + (folder_ / "signing.pub").string() + "\"]\n";
  options.tables["fleet"] = fleet;
  options.tables["mqtt"] = "reconnect_max_ms = 500\n";
  gateway_ = std::make_unique<Gateway>(options);
}

void NodeSite::Keep(const std::filesystem::path& file) const {
  const std::string content = Contents(file);
  const auto digest = firmware_image::Digest(
      {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  const auto store = gateway_->folder() / "data" / "artifacts";
  std::filesystem::create_directories(store);
  Store(store / Hex({digest.begin(), digest.end()}), content);
}

std::filesystem::path NodeSite::MakeModel(int version) const {
  const auto file = folder_ / ("motor" + std::to_string(version));
  const auto made = RunCommand(
      {Program("tinyfog-package"), "make", "--key", (folder_ / "signing.key").string(), "--version",
       std::to_string(version), "--name", "motor", "--target", "portable", "-o", file.string(),
       TINYFOG_SOURCE_DIR "/fleet/demo/models/motor/1/model.tflite"});
  EXPECT_EQ(made.code, 0) << made.errors;
  return file;
}

std::string NodeSite::AddFirmware(const std::string& hardware, const std::string& version,
                                  std::size_t bytes) {
  std::mt19937 random(7);
  std::string code(bytes, '\0');
  for (char& c : code) c = static_cast<char>(random());
  Store(folder_ / "code", code);
  const auto file = folder_ / "image";
  const auto made =
      RunCommand({Program("tinyfog-image"), "sign", "--key", (folder_ / "signing.key").string(),
                  "--hardware", hardware, "--version", version, "--counter", "1", "-o",
                  file.string(), (folder_ / "code").string()});
  EXPECT_EQ(made.code, 0) << made.errors;
  Keep(file);
  return Contents(file);
}

std::unique_ptr<Process> NodeSite::StartNodes(int count,
                                              const std::vector<std::string>& arguments) {
  const auto run = [](const std::vector<std::string>& command) {
    const Finished done = RunCommand(command);
    EXPECT_EQ(done.code, 0) << done.errors;
  };
  const std::string flash = (folder_ / "n1.flash").string();
  if (!std::filesystem::exists(flash)) {
    const std::string site = folder_.path().string();
    run({Program("tinyfog-provision"), "site", site});
    run({Program("tinyfog-provision"), "node", site, "n1", "--broker",
         gateway_->mqtt().substr(std::string("mqtt://").size()), "--flash", flash, "--plain"});
  }
  std::vector<std::string> command{Program("tinyfog-node"),
                                   "--flash",
                                   flash,
                                   "--nodes",
                                   std::to_string(count),
                                   "--folder",
                                   (folder_ / "nodes").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return std::make_unique<Process>(command);
}

Finished NodeSite::Ctl(std::vector<std::string> arguments) const {
  return RunCtl(*gateway_, arguments);
}

std::string NodeSite::NodeField(const std::string& node, const std::string& path) const {
  return testing::NodeField(*gateway_, node, path);
}

ScriptedNode::ScriptedNode(const std::string& uri, const std::string& id, std::uint64_t session)
    : id_(id), client_(uri, {root_ + id + "/down/desired", root_ + "art/#"}) {
  birth_.set_session(session);
  birth_.set_hardware("linux");
  birth_.set_target("portable");
  birth_.set_tfm_version(1);
  birth_.mutable_limits()->set_arena_bytes(1 << 18);
  birth_.mutable_limits()->set_model_slot_bytes(1 << 19);
  birth_.mutable_limits()->set_firmware_slot_bytes(1 << 20);
}

void ScriptedNode::Tell(v1::NodeState::Kind kind) { Tell(kind, birth_.session()); }

void ScriptedNode::Tell(v1::NodeState::Kind kind, std::uint64_t session) {
  v1::NodeState state;
  if (kind == v1::NodeState::KIND_BORN || kind == v1::NodeState::KIND_READY) state = birth_;
  state.set_kind(kind);
  state.set_session(session);
  mqtt::Message message;
  message.topic = root_ + id_ + "/up/state";
  message.payload = state.SerializeAsString();
  message.qos = 1;
  message.retained = true;
  client_.Publish(std::move(message));
}

bool ScriptedNode::Turn() {
  while (const auto message = client_.Next(std::chrono::seconds(0))) Take(*message);
  const auto& wanted = desired_.firmware();
  if (wanted.chunks() == 0 || done_) return done_;
  if (refusal_ != v1::UPDATE_REASON_NONE) {
    Report(v1::OtaReport::STATE_REFUSED);
    return done_ = true;
  }
  if (chunks_.size() == wanted.chunks()) {
    Report(v1::OtaReport::STATE_DONE);
    return done_ = true;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - reported_ > std::chrono::seconds(1)) {
    reported_ = now;
    Report(v1::OtaReport::STATE_WANT);
  }
  return false;
}

void ScriptedNode::Take(const mqtt::Message& message) {
  if (message.topic.ends_with("/down/desired")) {
    v1::Desired desired;
    ASSERT_TRUE(desired.ParseFromString(message.payload));
    if (desired.firmware().digest() != desired_.firmware().digest()) chunks_.clear();
    done_ = false;  // says again how it goes, as nodes do
    desired_ = desired;
    return;
  }
  const std::string mine = root_ + "art/" + Hex(desired_.firmware().digest()) + "/";
  if (!message.topic.starts_with(mine)) return;
  EXPECT_FALSE(message.retained);
  const auto index = static_cast<std::uint32_t>(std::stoul(message.topic.substr(mine.size())));
  if (!chunks_.emplace(index, message.payload).second) ++twice_;
}

void ScriptedNode::Report(v1::OtaReport::State state) {
  v1::OtaReport report;
  report.set_state(state);
  report.set_kind(v1::ARTIFACT_KIND_FIRMWARE);
  const auto& wanted = desired_.firmware();
  report.set_digest(wanted.digest());
  report.set_desired(desired_.version());
  report.set_chunks(wanted.chunks());
  report.set_received(static_cast<std::uint32_t>(chunks_.size()));
  report.set_reason(refusal_);
  std::string missing((wanted.chunks() + 7) / 8, '\0');
  for (std::uint32_t i = 0; i < wanted.chunks(); ++i) {
    if (!chunks_.contains(i)) missing[i / 8] = static_cast<char>(missing[i / 8] | 1 << (i % 8));
  }
  if (state == v1::OtaReport::STATE_WANT) report.set_missing(missing);
  mqtt::Message message;
  message.topic = root_ + id_ + "/up/ota";
  message.payload = report.SerializeAsString();
  message.qos = 1;
  client_.Publish(std::move(message));
}

std::string ScriptedNode::Content() const {
  std::string content;
  for (const auto& [index, chunk] : chunks_) content += chunk;
  return content;
}

}  // namespace tinyfog::testing
