#include "status_grpc.h"

namespace tinyfog::rpc {

grpc::Status ToGrpc(const Outcome<void>& outcome) {
  if (outcome.ok()) return grpc::Status::OK;
  constexpr std::size_t kLongest =
      1500;  // peers refuse metadata above 8 KiB, and bytes grow threefold
  std::string message = outcome.error().message;
  if (message.size() > kLongest) message = message.substr(0, kLongest) + "…";
  return {static_cast<grpc::StatusCode>(outcome.error().code), message};
}

}  // namespace tinyfog::rpc
