#include "tinyfog/rpc/model_store.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "partial_folder.h"
#include "sha256.h"
#include "tinyfog/host/file.h"

namespace tinyfog::rpc {
namespace {

namespace fs = std::filesystem;

constexpr char kModelFile[] = "model.tflite";
constexpr char kConfigFile[] = "config.toml";
constexpr char kPartial[] = ".partial";

using Bytes = std::vector<std::uint8_t>;

bool ValidName(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && name[0] != '.' && !name.ends_with(kPartial) &&
         std::all_of(name.begin(), name.end(), allowed);
}

/// The highest version folder of a model; 0 without any.
std::int64_t HighestVersion(const fs::path& model) {
  std::int64_t highest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(model, error)) {
    const std::string name = entry.path().filename().string();
    std::int64_t version = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), version);
    if (bad == std::errc() && end == name.data() + name.size()) {
      highest = std::max(highest, version);
    }
  }
  return highest;
}

/// Says what to do where the disk is the reason.
Error WithDiskAdvice(Error error, const fs::path& repository) {
  if (error.code == Status::kResourceExhausted) {
    error.message += "; free space in " + repository.string() + " and push again";
  }
  return error;
}

std::span<const std::uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Nothing where there is no such file.
Outcome<std::optional<Bytes>> ReadIfThere(const fs::path& path, std::uint64_t max_bytes) {
  auto bytes = ReadFile(path, max_bytes);
  if (bytes.ok()) return std::optional<Bytes>(std::move(bytes).value());
  if (bytes.error().code == Status::kNotFound) return std::optional<Bytes>();
  return bytes.error();
}

std::size_t RemovePartials(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> partials;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().ends_with(kPartial)) partials.push_back(entry.path());
  }
  std::size_t removed = 0;
  for (const auto& path : partials) {
    std::error_code failed;
    fs::remove_all(path, failed);
    if (failed) error = failed;
    if (!failed) ++removed;
  }
  return removed;
}

}  // namespace

Outcome<std::size_t> CleanPartialUploads(const fs::path& repository) {
  std::error_code error;
  std::size_t removed = RemovePartials(repository, error);
  std::vector<fs::path> models;
  if (!error) {
    for (const auto& entry : fs::directory_iterator(repository, error)) {
      std::error_code ignored;
      if (entry.is_directory(ignored)) models.push_back(entry.path());
    }
  }
  for (const auto& model : models) removed += RemovePartials(model, error);
  if (error) return SystemError(error.value(), "cannot clean " + repository.string());
  return removed;
}

/// The lifetime of one upload: claims the model, owns the partial folder.
class ModelStore::Transfer final : public Upload {
 public:
  Transfer(ModelStore& store, UploadSpec spec)
      : store_(store), spec_(std::move(spec)), model_(store.repository_ / spec_.model) {}

  ~Transfer() override {
    file_.reset();
    folder_.reset();
    if (!claimed_) return;
    const std::lock_guard lock(store_.mutex_);
    store_.busy_.erase(spec_.model);
  }

  Outcome<void> Prepare() {
    TINYFOG_TRY(Claim());
    if (spec_.version == 0) spec_.version = HighestVersion(model_) + 1;
    TINYFOG_TRY(CompareWithExisting());
    return Advised(OpenFile());
  }

  Outcome<void> Append(std::span<const std::uint8_t> chunk) override {
    if (chunk.size() > spec_.size - received_) {
      return InvalidArgument("more bytes arrived than the " + std::to_string(spec_.size) +
                             " announced");
    }
    digest_.Update(chunk);
    received_ += chunk.size();
    return Advised(file_->Append(chunk));
  }

  std::uint64_t received() const override { return received_; }

  Outcome<Stored> Commit() override {
    TINYFOG_TRY(Verify());
    if (auto published = Advised(Publish()); !published.ok()) return published.error();
    return Stored{spec_.version, unchanged_};
  }

  Outcome<void> Rollback() override {
    if (new_model_) {
      TINYFOG_TRY(Rename(model_, folder_->path()));
      return SyncFolder(store_.repository_);
    }
    if (!unchanged_) {
      TINYFOG_TRY(Rename(model_ / Version(), folder_->path() / Version()));
    }
    if (config_written_ && old_config_) {
      TINYFOG_TRY(WriteFileAtomically(model_ / kConfigFile, *old_config_));
    } else if (config_written_) {
      std::error_code error;
      fs::remove(model_ / kConfigFile, error);
      if (error) return SystemError(error.value(), "cannot remove " + model_.string());
    }
    return SyncFolder(model_);
  }

 private:
  std::string Version() const { return std::to_string(spec_.version); }
  fs::path PartialVersion() const { return folder_->path() / Version(); }

  Outcome<void> Advised(Outcome<void> outcome) const {
    if (outcome.ok()) return outcome;
    return WithDiskAdvice(outcome.error(), store_.repository_);
  }

  static Outcome<void> Rename(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) return SystemError(error.value(), "cannot rename to " + to.string());
    return {};
  }

  Outcome<void> Claim() {
    const std::lock_guard lock(store_.mutex_);
    claimed_ = store_.busy_.insert(spec_.model).second;
    if (claimed_) return {};
    return Error{Status::kAborted, "another push of model '" + spec_.model +
                                       "' is under way; wait for it and push again"};
  }

  Outcome<void> CompareWithExisting() {
    TINYFOG_TRY_ASSIGN(const auto existing,
                       ReadIfThere(model_ / Version() / kModelFile, store_.max_bytes_));
    if (!existing) return {};
    Sha256Stream digest;
    digest.Update(*existing);
    unchanged_ = std::ranges::equal(digest.Finish(), spec_.sha256);
    if (unchanged_) return {};
    return Error{Status::kAlreadyExists, "version " + Version() + " of model '" + spec_.model +
                                             "' exists with other content; push another version"};
  }

  Outcome<void> OpenFile() {
    const fs::path path = store_.repository_ / ("." + spec_.model + kPartial);
    auto folder = PartialFolder::Create(path);
    if (!folder.ok()) return folder.error();
    folder_.emplace(std::move(folder).value());
    std::error_code error;
    fs::create_directory(PartialVersion(), error);
    if (error) return SystemError(error.value(), "cannot create " + PartialVersion().string());
    auto file = NewFile::Create(PartialVersion() / kModelFile, spec_.size);
    if (!file.ok()) return file.error();
    file_.emplace(std::move(file).value());
    return {};
  }

  Outcome<void> Verify() {
    if (received_ != spec_.size) {
      return Error{Status::kDataLoss, "only " + std::to_string(received_) + " of the announced " +
                                          std::to_string(spec_.size) + " bytes arrived"};
    }
    if (!std::ranges::equal(digest_.Finish(), spec_.sha256)) {
      return Error{Status::kDataLoss, "what arrived has another SHA-256 than announced"};
    }
    TINYFOG_TRY_ASSIGN(Bytes bytes, ReadFile(PartialVersion() / kModelFile, store_.max_bytes_));
    auto checked = store_.checks_.model(std::move(bytes));
    if (!checked.ok()) return InContext(checked.error(), "the model was not stored");
    return {};
  }

  Outcome<void> Publish() {
    TINYFOG_TRY(file_->Sync());
    file_.reset();
    TINYFOG_TRY(SyncFolder(PartialVersion()));
    std::error_code error;
    new_model_ = !fs::exists(model_, error);
    const fs::path home = new_model_ ? folder_->path() : model_;
    if (!new_model_) {
      TINYFOG_TRY_ASSIGN(old_config_, ReadIfThere(model_ / kConfigFile, 1u << 20));
    }
    // The version goes before the configuration: after a crash between the two the same push
    // completes what is missing.
    if (!new_model_ && !unchanged_) {
      TINYFOG_TRY(Rename(PartialVersion(), model_ / Version()));
      TINYFOG_TRY(SyncFolder(model_));
    }
    if (!spec_.config_toml.empty()) {
      TINYFOG_TRY(WriteConfig(home));
    }
    if (!new_model_) return {};
    TINYFOG_TRY(SyncFolder(home));
    TINYFOG_TRY(Rename(home, model_));
    return SyncFolder(store_.repository_);
  }

  /// A configuration that cannot be written takes the published version back.
  Outcome<void> WriteConfig(const fs::path& home) {
    auto written = WriteFileAtomically(home / kConfigFile, AsBytes(spec_.config_toml));
    config_written_ = written.ok();
    if (written.ok() || new_model_) return written;
    if (auto undone = Rollback(); !undone.ok()) return InContext(undone.error(), "roll-back");
    return written;
  }

  ModelStore& store_;
  UploadSpec spec_;
  const fs::path model_;  ///< the model's folder
  std::optional<PartialFolder> folder_;
  std::optional<NewFile> file_;
  Sha256Stream digest_;
  std::uint64_t received_ = 0;
  bool claimed_ = false;
  bool unchanged_ = false;       ///< the version is there with the announced content
  bool new_model_ = false;       ///< Publish created the model's folder
  bool config_written_ = false;  ///< Publish replaced or created config.toml
  std::optional<Bytes> old_config_;
};

ModelStore::ModelStore(fs::path repository, std::uint64_t max_bytes, Checks checks)
    : repository_(std::move(repository)), max_bytes_(max_bytes), checks_(std::move(checks)) {}

Outcome<std::unique_ptr<Upload>> ModelStore::Begin(UploadSpec spec) {
  if (!ValidName(spec.model)) {
    return InvalidArgument("'" + spec.model.substr(0, 64) +
                           "' is not a model name: 1 to 64 of A-Z a-z 0-9 _ . -, not starting with "
                           "a dot and not ending in .partial");
  }
  if (spec.version < 0) return InvalidArgument("a version is positive; 0 takes the next one");
  if (spec.size == 0) return InvalidArgument("the announced size is 0: a model has bytes");
  if (spec.size > max_bytes_) {
    return Error{Status::kResourceExhausted, "the model has " + std::to_string(spec.size) +
                                                 " bytes; this gateway takes " +
                                                 std::to_string(max_bytes_) + " at most"};
  }
  if (spec.sha256.size() != Sha256().size()) {
    return InvalidArgument("sha256 must be the 32 bytes of the file's SHA-256");
  }
  if (!spec.config_toml.empty()) {
    TINYFOG_TRY(checks_.config(spec.config_toml));
  }
  auto transfer = std::make_unique<Transfer>(*this, std::move(spec));
  TINYFOG_TRY(transfer->Prepare());
  return std::unique_ptr<Upload>(std::move(transfer));
}

}  // namespace tinyfog::rpc
