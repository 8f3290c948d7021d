#pragma once

#include "test_artifacts.h"

namespace tinyfog::node::testing {

/// A package file as an artifact.
Artifact ArtifactOf(const Buffer& package);

/// MakeTfm's file in a package with a real signature of TrustedKey.
Artifact MakePackage(const ModelOptions& options);

}  // namespace tinyfog::node::testing
