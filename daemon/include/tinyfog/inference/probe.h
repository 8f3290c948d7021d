#pragma once

namespace tinyfog::inference {

/// First argument of a program that is run as a probe: `PROGRAM --probe-model FILE MAX_BATCH
/// [BACKEND...]`.
inline constexpr const char* kProbeArgument = "--probe-model";

/// What a probe's process does, and all it does: limits its own memory, processor time and core
/// dumps, then parses, checks, loads and executes the model in FILE ("-": standard input) with
/// guard pages around every buffer, for single inferences and batches up to MAX_BATCH. Returns the
/// exit code: 0 when nothing went wrong, kProbeRefused + the status code when an error was reported
/// (its message is the last line on stderr), 2 for wrong arguments. A model that makes Arm NN
/// overrun a buffer or fail an assertion ends the process by a signal. Call it before anything else
/// in main; nothing that was open in the parent is needed but standard input and error.
int ProbeMain(int argc, char* const* argv);

inline constexpr int kProbeRefused = 64;

}  // namespace tinyfog::inference
