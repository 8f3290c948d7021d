#pragma once

#include <cstdint>

namespace tinyfog {

/// Outcome of an operation, numbered like the gRPC status codes so that a number means the same on
/// a node, in MQTT user properties and in the gRPC API. Source: google.rpc.Code.
enum class [[nodiscard]] Status : std::uint8_t{
    kOk = 0,
    kCancelled = 1,
    kUnknown = 2,
    kInvalidArgument = 3,
    kDeadlineExceeded = 4,
    kNotFound = 5,
    kAlreadyExists = 6,
    kPermissionDenied = 7,
    kResourceExhausted = 8,
    kFailedPrecondition = 9,
    kAborted = 10,
    kOutOfRange = 11,
    kUnimplemented = 12,
    kInternal = 13,
    kUnavailable = 14,
    kDataLoss = 15,
    kUnauthenticated = 16,
};

/// The code's canonical name, e.g. "NOT_FOUND"; "UNKNOWN" for values outside the enumeration.
/// Static storage.
const char* StatusName(Status status);

}  // namespace tinyfog
