#include "tinyfog/artifact/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "reference.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/host/file.h"
#include "trust.h"

namespace tinyfog::artifact {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

std::chrono::system_clock::time_point StoredAt(const fs::path& path) {
  std::error_code ignored;  // a file without a time is as old as can be
  const auto time = fs::last_write_time(path, ignored);
  return ignored ? std::chrono::system_clock::time_point() : std::chrono::file_clock::to_sys(time);
}

Error WithAdvice(Error error, const fs::path& folder) {
  if (error.code == Status::kResourceExhausted) {
    error.message += "; free space in " + folder.string() + " and push again";
  }
  return error;
}

/// The files are the truth; the map is what they say, read once.
class FileStore final : public Store {
 public:
  explicit FileStore(StoreOptions options) : options_(std::move(options)) {}

  const StoreOptions& options() const override { return options_; }

  Outcome<void> ReadFolder(std::vector<std::string>& warnings) {
    std::error_code error;
    fs::create_directories(options_.folder, error);
    if (error) return SystemError(error.value(), "cannot create " + options_.folder.string());
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(options_.folder, error)) {
      files.push_back(entry.path());
    }
    if (error) return SystemError(error.value(), "cannot read " + options_.folder.string());
    for (const fs::path& path : files) {
      if (path.extension() == ".partial") {
        fs::remove(path, error);
        continue;
      }
      const auto artifact = Load(path);
      if (artifact.ok()) {
        artifacts_.emplace((*artifact)->digest, *artifact);
      } else {
        warnings.push_back(path.string() + " is left out: " + artifact.error().message);
      }
    }
    return {};
  }

  Outcome<Added> Add(Bytes file) override {
    TINYFOG_TRY_ASSIGN(Artifact artifact, Checked(file));
    const std::lock_guard change(change_mutex_);
    if (ArtifactPtr known = Get(artifact.digest)) return Added{std::move(known), true};
    const fs::path path = PathOf(artifact.digest);
    if (auto written = WriteFileAtomically(path, file); !written.ok()) {
      return WithAdvice(written.error(), options_.folder);
    }
    artifact.stored = StoredAt(path);
    auto kept = std::make_shared<const Artifact>(std::move(artifact));
    const std::unique_lock lock(map_mutex_);
    artifacts_.emplace(kept->digest, kept);
    return Added{std::move(kept), false};
  }

  std::vector<ArtifactPtr> List() const override {
    std::vector<ArtifactPtr> list;
    {
      const std::shared_lock lock(map_mutex_);
      for (const auto& [digest, artifact] : artifacts_) list.push_back(artifact);
    }
    std::ranges::stable_sort(
        list, [](const ArtifactPtr& a, const ArtifactPtr& b) { return a->stored > b->stored; });
    return list;
  }

  Outcome<ArtifactPtr> Find(const std::string& reference) const override {
    TINYFOG_TRY_ASSIGN(const auto matching, Matching(List(), reference));
    return Only(matching, reference);
  }

  Outcome<ArtifactPtr> FindFor(const std::string& reference, const NodeFit& node) const override {
    TINYFOG_TRY_ASSIGN(const auto matching, Matching(List(), reference));
    std::vector<ArtifactPtr> fitting;
    std::ranges::copy_if(matching, std::back_inserter(fitting),
                         [&](const ArtifactPtr& a) { return IsFor(*a, node); });
    return Only(fitting.empty() ? matching : fitting, reference);
  }

  ArtifactPtr Get(const wire::Sha256& digest) const override {
    const std::shared_lock lock(map_mutex_);
    const auto found = artifacts_.find(digest);
    return found == artifacts_.end() ? nullptr : found->second;
  }

  Outcome<std::shared_ptr<const Buffer>> Read(const wire::Sha256& digest) const override {
    TINYFOG_TRY(CheckThere(digest));
    TINYFOG_TRY_ASSIGN(Buffer file, ReadFile(PathOf(digest)));
    if (firmware_image::Digest(file) != digest) {
      return Error{Status::kDataLoss, "the artifact " + PathOf(digest).string() +
                                          " is damaged on disk: remove it and push it again"};
    }
    return std::make_shared<const Buffer>(std::move(file));
  }

  Outcome<ArtifactPtr> Verify(const wire::Sha256& digest) const override {
    TINYFOG_TRY_ASSIGN(const auto file, Read(digest));
    TINYFOG_TRY(Checked(*file));
    TINYFOG_TRY(CheckThere(digest));
    return Get(digest);
  }

  Outcome<void> Remove(const wire::Sha256& digest) override {
    const std::lock_guard change(change_mutex_);
    TINYFOG_TRY(CheckThere(digest));
    std::error_code error;
    fs::remove(PathOf(digest), error);
    if (error) return SystemError(error.value(), "cannot remove " + PathOf(digest).string());
    {
      const std::unique_lock lock(map_mutex_);
      artifacts_.erase(digest);
    }
    return SyncFolder(options_.folder);
  }

 private:
  fs::path PathOf(const wire::Sha256& digest) const { return options_.folder / HexOf(digest); }

  Outcome<void> CheckThere(const wire::Sha256& digest) const {
    if (Get(digest) != nullptr) return {};
    return NotFound("there is no artifact " + HexOf(digest));
  }

  Outcome<ArtifactPtr> Load(const fs::path& path) const {
    TINYFOG_TRY_ASSIGN(const Buffer file, ReadFile(path, options_.largest_bytes));
    TINYFOG_TRY_ASSIGN(Artifact artifact, Describe(file));
    if (HexOf(artifact.digest) != path.filename().string()) {
      return Error{Status::kDataLoss,
                   "its name is not its SHA-256: it is damaged or does not "
                   "belong here"};
    }
    TINYFOG_TRY(CheckSignature(artifact, file, options_.trusted));
    artifact.stored = StoredAt(path);
    return std::make_shared<const Artifact>(std::move(artifact));
  }

  Outcome<Artifact> Checked(Bytes file) const {
    if (options_.trusted.empty()) {
      return FailedPrecondition(
          "this gateway trusts no signing key: name the site's signing.pub in [artifacts] "
          "trusted_keys of its configuration");
    }
    if (file.size() > options_.largest_bytes) {
      return Error{Status::kResourceExhausted,
                   fmt::format("the artifact has {} bytes; this gateway takes {} at most",
                               file.size(), options_.largest_bytes)};
    }
    TINYFOG_TRY_ASSIGN(Artifact artifact, Describe(file));
    TINYFOG_TRY(CheckSignature(artifact, file, options_.trusted));
    TINYFOG_TRY(CheckContent(artifact, file));
    return artifact;
  }

  const StoreOptions options_;
  std::mutex change_mutex_;  ///< one change of the folder at a time; before map_mutex_
  mutable std::shared_mutex map_mutex_;
  std::map<wire::Sha256, ArtifactPtr> artifacts_;
};

}  // namespace

Outcome<std::unique_ptr<Store>> Store::Open(StoreOptions options,
                                            std::vector<std::string>& warnings) {
  auto store = std::make_unique<FileStore>(std::move(options));
  TINYFOG_TRY(store->ReadFolder(warnings));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace tinyfog::artifact
