#pragma once

#include <string>

#include "tinyfog/package/package.h"
#include "tinyfog/term/table.h"

namespace tinyfog::package {

/// A package in words. `file_bytes`: of the whole file; `digest`: its SHA-256, which names it.
struct Description {
  const Package& package;
  std::size_t file_bytes;
  wire::Sha256 digest;
};

std::string DescriptionText(const Description& description, const term::Style& style);
std::string DescriptionJson(const Description& description);

}  // namespace tinyfog::package
