#include "tinyfog/inference/probe.h"

// A probe without the gateway around it, for tests.
int main(int argc, char** argv) { return tinyfog::inference::ProbeMain(argc, argv); }
