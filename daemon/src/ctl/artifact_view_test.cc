#include "artifact_view.h"

#include <gtest/gtest.h>

namespace tinyfog::ctl {
namespace {

v1::ArtifactInfo Model() {
  v1::ArtifactInfo a;
  a.set_digest(std::string(64, 'a'));
  a.set_kind(v1::ARTIFACT_KIND_MODEL);
  a.set_name("motor");
  a.set_version("7");
  a.set_bytes(20000);
  a.set_chunks(6);
  a.set_target("cortex-m4");
  a.set_encoding("huffman");
  a.set_decoded_bytes(23000);
  a.set_arena_bytes(4096);
  a.set_security_counter(3);
  a.set_key(std::string(64, 'b'));
  a.mutable_stored()->set_seconds(1'700'000'000);
  return a;
}

v1::ArtifactInfo Firmware() {
  v1::ArtifactInfo a = Model();
  a.set_kind(v1::ARTIFACT_KIND_FIRMWARE);
  a.set_name("board\x1b[2J");
  a.set_hardware("board");
  a.set_version("1.2.3");
  a.clear_target();
  return a;
}

TEST(ArtifactView, ListIsATable) {
  v1::ListArtifactsResponse list;
  EXPECT_NE(RenderArtifacts(list, {}).find("artifact push"), std::string::npos);
  *list.add_artifacts() = Model();
  *list.add_artifacts() = Firmware();
  const std::string text = RenderArtifacts(list, {});
  EXPECT_NE(text.find("aaaaaaaaaaaa  model     motor"), std::string::npos) << text;
  EXPECT_NE(text.find("2023-11-14T22:13:20Z"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "names cannot break the terminal";
}

TEST(ArtifactView, ShowsWhatModelsHave) {
  const std::string text = RenderArtifact(Model(), {});
  EXPECT_NE(text.find("23,000 bytes"), std::string::npos) << text;
  EXPECT_NE(text.find(std::string(64, 'a')), std::string::npos) << text;
  EXPECT_EQ(RenderArtifact(Firmware(), {}).find("arena"), std::string::npos);
}

TEST(ArtifactView, JsonHasEveryField) {
  term::JsonWriter json;
  WriteArtifact(Model(), json);
  EXPECT_EQ(json.text(),
            "{\"digest\":\"" + std::string(64, 'a') +
                "\",\"kind\":\"model\",\"name\":\"motor\",\"version\":\"7\","
                "\"bytes\":20000,\"chunks\":6,\"hardware\":\"\",\"target\":\"cortex-m4\","
                "\"encoding\":\"huffman\",\"decoded_bytes\":23000,\"arena_bytes\":4096,"
                "\"security_counter\":3,\"key\":\"" +
                std::string(64, 'b') + "\",\"stored\":\"2023-11-14T22:13:20Z\"}");
}

}  // namespace
}  // namespace tinyfog::ctl
