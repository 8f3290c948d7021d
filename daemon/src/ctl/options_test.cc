#include "options.h"

#include <gtest/gtest.h>

#include <sstream>

#include "exit_code.h"

namespace tinyfog::ctl {
namespace {

struct Parsed {
  Result<Options, int> options;
  std::string out, err;
};

Parsed Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "tinyfogctl");
  std::ostringstream out, err;
  auto options = ParseOptions(static_cast<int>(words.size()), words.data(), out, err);
  return {std::move(options), out.str(), err.str()};
}

TEST(ParseOptions, GlobalOptionsStandAnywhere) {
  const auto before = Parse({"--json", "--server", "a:1", "model", "list"});
  const auto after = Parse({"model", "list", "--server", "a:1", "--json"});
  for (const auto* parsed : {&before, &after}) {
    ASSERT_TRUE(parsed->options.ok()) << parsed->err;
    EXPECT_EQ(parsed->options->command, Command::kModelList);
    EXPECT_EQ(parsed->options->server, "a:1");
    EXPECT_TRUE(parsed->options->json);
  }
}

TEST(ParseOptions, Infer) {
  const auto parsed = Parse({"model", "infer", "kws", "-i", "a=x.bin", "--input", "b=-", "--repeat",
                             "10", "--version", "3", "--timeout", "0.5"});
  ASSERT_TRUE(parsed.options.ok()) << parsed.err;
  EXPECT_EQ(parsed.options->command, Command::kModelInfer);
  EXPECT_EQ(parsed.options->model, "kws");
  EXPECT_EQ(parsed.options->inputs, (std::vector<std::string>{"a=x.bin", "b=-"}));
  EXPECT_EQ(parsed.options->repeat, 10u);
  EXPECT_EQ(parsed.options->version, 3);
  EXPECT_EQ(parsed.options->timeout, std::chrono::milliseconds(500));
}

TEST(ParseOptions, Push) {
  const auto parsed = Parse({"model", "push", "m", "f.tflite", "--no-load", "--config", "c.toml"});
  ASSERT_TRUE(parsed.options.ok()) << parsed.err;
  EXPECT_TRUE(parsed.options->no_load);
  EXPECT_EQ(parsed.options->model_file, "f.tflite");
  EXPECT_EQ(parsed.options->config_file, "c.toml");
}

TEST(ParseOptions, Artifacts) {
  const auto push = Parse({"artifact", "push", "f.tfp"});
  ASSERT_TRUE(push.options.ok()) << push.err;
  EXPECT_EQ(push.options->command, Command::kArtifactPush);
  EXPECT_EQ(push.options->artifact_file, "f.tfp");
  const auto remove = Parse({"artifact", "remove", "motor@7", "--json"});
  ASSERT_TRUE(remove.options.ok()) << remove.err;
  EXPECT_EQ(remove.options->command, Command::kArtifactRemove);
  EXPECT_EQ(remove.options->artifact, "motor@7");
  EXPECT_TRUE(Parse({"artifact", "list", "--names"}).options->names_only);
}

TEST(ParseOptions, MistakesAreUsageErrorsOnStandardError) {
  using Words = std::vector<const char*>;
  for (const Words& words : {Words{},
                             {"frob"},
                             {"model"},
                             {"model", "frob"},
                             {"model", "show"},
                             {"artifact"},
                             {"artifact", "push"},
                             {"artifact", "show"},
                             {"status", "--frob"},
                             {"watch", "--count", "x"},
                             {"--timeout", "0", "status"},
                             {"status", "--tls-cert", "c.pem"},
                             {"completion", "fish"},
                             {"model", "infer", "m", "-i", "a", "--json-input", "b"}}) {
    const auto parsed = Parse(words);
    ASSERT_FALSE(parsed.options.ok());
    EXPECT_EQ(parsed.options.error(), static_cast<int>(ExitCode::kUsage));
    EXPECT_EQ(parsed.out, "");
    EXPECT_NE(parsed.err, "");
  }
  EXPECT_NE(Parse({"model", "frob"}).err.find("'frob'"), std::string::npos);
}

TEST(ParseOptions, HelpIsSuccessAndListsExitStatus) {
  const auto parsed = Parse({"--help"});
  ASSERT_FALSE(parsed.options.ok());
  EXPECT_EQ(parsed.options.error(), 0);
  EXPECT_NE(parsed.out.find("Exit status: 0 done"), std::string::npos);
}

}  // namespace
}  // namespace tinyfog::ctl
