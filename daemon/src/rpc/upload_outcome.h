#pragma once

#include "tinyfog/base/status.h"

namespace tinyfog::rpc {

/// The outcome label of an upload that failed.
inline const char* UploadOutcome(Status code) {
  switch (code) {
    case Status::kResourceExhausted:
      return "disk_full";
    case Status::kAborted:
      return "busy";
    case Status::kInvalidArgument:
    case Status::kAlreadyExists:
    case Status::kDataLoss:
    case Status::kFailedPrecondition:
    case Status::kPermissionDenied:
    case Status::kUnimplemented:
      return "refused";
    case Status::kCancelled:
    case Status::kDeadlineExceeded:
    case Status::kUnavailable:
      return "interrupted";
    default:
      return "failed";
  }
}

}  // namespace tinyfog::rpc
