#include "repository.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "tinyfog/host/file.h"
#include "tinyfog/inference/model_config.h"

namespace tinyfog::inference {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxConfigBytes = 1 << 20;

bool EndsWithPartial(std::string_view name) { return name.ends_with(".partial"); }

bool IsPlainFolder(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::directory;
}

bool IsPlainFile(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular;
}

/// Version folders have the shortest decimal form, so each version has one folder.
std::optional<std::int64_t> ParseVersion(std::string_view name) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), version);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (version < 1 || name.front() == '0') return std::nullopt;
  return version;
}

/// Calls `visit` with the names of the plain folders in `folder`; a folder that cannot be read is
/// like an empty one.
template <class Visit>
void EachFolder(const fs::path& folder, Visit visit) {
  std::error_code error;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    if (IsPlainFolder(it->path())) visit(it->path().filename().string());
  }
}

}  // namespace

std::vector<std::string> Repository::Models() const {
  std::vector<std::string> models;
  EachFolder(root_, [&](const std::string& name) {
    if (ValidModelName(name) && !EndsWithPartial(name) && !Versions(name).empty()) {
      models.push_back(name);
    }
  });
  std::sort(models.begin(), models.end());
  return models;
}

std::vector<std::int64_t> Repository::Versions(const std::string& model) const {
  std::vector<std::int64_t> versions;
  if (!ValidModelName(model) || EndsWithPartial(model) || !IsPlainFolder(root_ / model)) {
    return versions;
  }
  EachFolder(root_ / model, [&](const std::string& name) {
    const auto version = ParseVersion(name);
    if (version && IsPlainFile(root_ / model / name / "model.tflite")) {
      versions.push_back(*version);
    }
  });
  std::sort(versions.begin(), versions.end());
  return versions;
}

Outcome<ModelOptions> Repository::Options(const std::string& model,
                                          const ModelOptions& defaults) const {
  const fs::path path = root_ / model / "config.toml";
  std::error_code error;
  const auto type = fs::symlink_status(path, error).type();
  if (type == fs::file_type::not_found) return defaults;
  if (type != fs::file_type::regular) {
    return InvalidArgument(path.string() + " must be a plain file, not a link or folder");
  }
  auto bytes = ReadFile(path, kMaxConfigBytes);
  if (!bytes.ok()) return std::move(bytes).error();
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return ParseModelConfig(text, path.string(), defaults);
}

Outcome<std::vector<std::uint8_t>> Repository::ReadModel(const std::string& model,
                                                         std::int64_t version) const {
  const fs::path path = root_ / model / std::to_string(version) / "model.tflite";
  if (!IsPlainFile(path)) {
    return InvalidArgument(path.string() + " must be a plain file, not a link or folder");
  }
  return ReadFile(path, max_model_bytes_);
}

Outcome<std::vector<std::int64_t>> SelectVersions(const VersionPolicy& policy,
                                                  const std::vector<std::int64_t>& versions) {
  std::vector<std::int64_t> selected;
  switch (policy.kind) {
    case VersionPolicy::Kind::kAll:
      selected = versions;
      break;
    case VersionPolicy::Kind::kLatest:
      selected.assign(
          versions.end() - std::min<std::ptrdiff_t>(policy.latest, std::ssize(versions)),
          versions.end());
      break;
    case VersionPolicy::Kind::kSpecific:
      for (const auto version : policy.specific) {
        if (!std::binary_search(versions.begin(), versions.end(), version)) {
          return NotFound("version_policy names version " + std::to_string(version) +
                          ", which is not in the repository");
        }
        selected.push_back(version);
      }
      std::sort(selected.begin(), selected.end());
      selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
      break;
  }
  if (selected.empty()) return NotFound("the repository has no version of it");
  return selected;
}

}  // namespace tinyfog::inference
