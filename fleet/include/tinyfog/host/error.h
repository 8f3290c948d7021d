#pragma once

#include <string>
#include <utility>

#include "tinyfog/base/result.h"

namespace tinyfog {

/// Why something failed on a host: a code that callers may branch on and a sentence for the person
/// who must act.
struct Error {
  Status code = Status::kUnknown;
  std::string message;
};

/// The outcome type of hosted code.
template <class T>
using Outcome = Result<T, Error>;

/// Puts `context` and ": " before the message, on the way up.
inline Error InContext(Error error, const std::string& context) {
  error.message = context + ": " + error.message;
  return error;
}

inline Error InvalidArgument(std::string m) { return {Status::kInvalidArgument, std::move(m)}; }
inline Error NotFound(std::string m) { return {Status::kNotFound, std::move(m)}; }
inline Error FailedPrecondition(std::string m) {
  return {Status::kFailedPrecondition, std::move(m)};
}
inline Error Internal(std::string m) { return {Status::kInternal, std::move(m)}; }
inline Error Unavailable(std::string m) { return {Status::kUnavailable, std::move(m)}; }

}  // namespace tinyfog
