#include "output.h"

#include <unistd.h>

#include "tinyfog/term/text.h"

namespace tinyfog::ctl {

Output Output::Standard(bool json, bool no_color) {
  return {json, no_color, term::DetectTerminal(STDOUT_FILENO, no_color),
          term::DetectTerminal(STDERR_FILENO, no_color)};
}

void Output::Text(const std::string& text) const { term::WriteAll(STDOUT_FILENO, text); }

void Output::Json(const term::JsonWriter& json) const { Text(json.text() + "\n"); }

void Output::Report(const Failure& failure) const {
  const char* code = StatusName(failure.error.code);
  if (json) {
    term::JsonWriter writer;
    writer.Object().Key("error").Object();
    writer.Field("exit", static_cast<int>(failure.exit)).Field("code", code);
    writer.Field("message", failure.error.message).Field("hint", failure.hint).End().End();
    term::WriteAll(STDERR_FILENO, writer.text() + "\n");
    return;
  }
  std::string text = term::Colored("tinyfogctl:", term::Tone::kBad, err.style.color) + " " +
                     term::Printable(failure.error.message);
  if (failure.exit == ExitCode::kFailed) text += std::string(" [") + code + "]";
  text += "\n";
  if (!failure.hint.empty()) text += term::Printable(failure.hint) + "\n";
  term::WriteAll(STDERR_FILENO, text);
}

}  // namespace tinyfog::ctl
