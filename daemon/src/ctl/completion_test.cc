#include "completion.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "options.h"

namespace tinyfog::ctl {
namespace {

constexpr const char* kScript = TINYFOG_SOURCE_DIR "/deploy/completion/tinyfogctl.bash";

// What bash offers for the words, the last of which is being typed; "motor kws" are the models.
std::string Complete(const std::string& words) {
  const std::string out = testing::TempDir() + "completion." + std::to_string(::getpid());
  const std::string command =
      "bash --norc -c 'set -eu; tinyfogctl() { echo motor; echo kws; }; source " +
      std::string(kScript) + "; COMP_WORDS=(tinyfogctl " + words +
      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tinyfogctl; "
      "echo \"${COMPREPLY[*]-}\"' > " +
      out;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream file(out);
  std::string line;
  std::getline(file, line);
  std::remove(out.c_str());
  return line;
}

TEST(Completion, CheckedInFileIsWhatTheProgramPrints) {
  std::ifstream file(kScript);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), BashCompletion())
      << "run: tinyfogctl completion bash > deploy/completion/tinyfogctl.bash";
}

TEST(Completion, CommandsOptionsAndModels) {
  EXPECT_EQ(Complete("\"\""), "status model node artifact watch version completion");
  EXPECT_EQ(Complete("st"), "status");
  EXPECT_EQ(Complete("model \"\""), "list show load unload push infer fit");
  EXPECT_EQ(Complete("node \"\""), "list show watch set remove");
  EXPECT_EQ(Complete("node set n1 --mod"), "--model");
  EXPECT_EQ(Complete("--json model sh"), "show");
  EXPECT_EQ(Complete("--server a:1 model sh"), "show");
  EXPECT_EQ(Complete("model show \"\""), "motor kws");
  EXPECT_EQ(Complete("model show mo"), "motor");
  EXPECT_EQ(Complete("model show motor \"\""), "");
  EXPECT_EQ(Complete("watch --model k"), "kws");
  EXPECT_EQ(Complete("watch --fol"), "--follow-events");
  EXPECT_EQ(Complete("watch --js"), "--json");
  EXPECT_EQ(Complete("artifact \"\""), "push list show verify remove");
  EXPECT_EQ(Complete("artifact show k"), "kws");
  EXPECT_EQ(Complete("artifact list \"\""), "");
  EXPECT_NE(Complete("artifact push /etc/pass").find("/etc/passwd"), std::string::npos);
  EXPECT_EQ(Complete("completion \"\""), "bash");
  EXPECT_EQ(Complete("watch --count \"\""), "");
  EXPECT_NE(Complete("model push motor /etc/pass").find("/etc/passwd"), std::string::npos);
  EXPECT_NE(Complete("model infer motor --input /etc/pass").find("/etc/passwd"), std::string::npos);
}

}  // namespace
}  // namespace tinyfog::ctl
