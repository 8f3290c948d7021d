#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::registry {

/// One node's record: `node` is a serialised v1::Node.
struct Row {
  std::string id;
  std::string node;
};

/// The table of nodes. One thread.
class Database {
 public:
  /// Errors: kDataLoss: not a database, or damaged; kFailedPrecondition: written by a newer
  /// version; kPermissionDenied, kResourceExhausted, kInternal.
  static Outcome<std::unique_ptr<Database>> Open(const std::filesystem::path& file);
  virtual ~Database() = default;

  /// All rows. Errors: kDataLoss, kInternal.
  virtual Outcome<std::vector<Row>> Load() = 0;
  /// All of them or none; on disk when it returns. Errors: kResourceExhausted: disk full;
  /// kInternal.
  virtual Outcome<void> Write(const std::vector<Row>& rows) = 0;
  virtual Outcome<void> Erase(const std::string& id) = 0;  ///< as Write
};

}  // namespace tinyfog::registry
