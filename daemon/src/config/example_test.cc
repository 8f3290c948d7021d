#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <sstream>

#include "tinyfog/config/config.h"
#include "tinyfog/host/file.h"

namespace tinyfog::config {
namespace {

std::string Example() {
  const auto bytes = ReadFile(TINYFOG_SOURCE_DIR "/deploy/tinyfogd.toml");
  return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
}

/// The example with its commented defaults in force: "#key" is one, "# text" is prose.
std::string InForce(const std::string& example) {
  std::istringstream in(example);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (line.size() > 1 && line[0] == '#' &&
        std::islower(static_cast<unsigned char>(line[1])) != 0) {
      line.erase(0, 1);
    }
    out += line + "\n";
  }
  return out;
}

std::set<std::string> Documented(const std::string& toml) {
  std::set<std::string> names;
  std::istringstream in(toml);
  std::string section;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("[")) {
      section = line.substr(1, line.find(']') - 1) + ".";
    } else if (!line.empty() && line[0] != '#') {
      names.insert(section + line.substr(0, line.find(' ')));
    }
  }
  return names;
}

TEST(Example, ParsesAsItIs) {
  ASSERT_FALSE(Example().empty());
  EXPECT_TRUE(Parse(Example()).ok());
}

TEST(Example, DocumentsEveryKeyAndNoOther) {
  const auto names = KeyNames();
  EXPECT_EQ(Documented(InForce(Example())), std::set<std::string>(names.begin(), names.end()));
}

TEST(Example, ItsValuesAreTheDefaults) {
  const auto parsed = Parse(InForce(Example()));
  ASSERT_TRUE(parsed.ok()) << parsed.error().front().text;
  const Changes changes = Compare(Config{}, *parsed);
  EXPECT_THAT(changes.live, testing::IsEmpty());
  EXPECT_THAT(changes.restart, testing::IsEmpty());
}

}  // namespace
}  // namespace tinyfog::config
