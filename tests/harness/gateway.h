#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "process.h"

namespace tinyfog::testing {

/// A real tinyfogd on free ports of loopback with a data folder of its own.
class Gateway {
 public:
  struct Options {
    std::string broker_uri{};  ///< empty: a private broker of the daemon's
    std::string engine = "armnn";
    bool demo_model = true;  ///< the checked-in model `motor` is in the repository
    /// More TOML by table, e.g. {"mqtt", "qos = 0\n"}; may name new tables.
    std::map<std::string, std::string> tables{};
  };

  Gateway();
  explicit Gateway(Options options);
  /// A test that does not stop it itself gets a failure unless it ends cleanly on SIGTERM.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Puts a model file into the repository, before Start or for a later load.
  void AddModel(const std::string& name, const std::filesystem::path& file, int version = 1);
  /// Starts it and waits until it is ready and connected to the broker; fails the test, with its
  /// log, when it does not get there.
  void Start();
  /// SIGTERM; returns the exit code.
  int Stop();
  /// kill -9, as a power cut does to the process.
  void Kill();

  Process& process() { return *process_; }
  std::string Log() const { return process_->Errors(); }

  std::string grpc() const { return endpoints_.at("grpc"); }  ///< host:port
  std::string unix_target() const { return "unix:" + endpoints_.at("unix"); }
  std::string mqtt() const { return endpoints_.at("mqtt"); }  ///< mqtt://host:port
  int mqtt_port() const;
  std::filesystem::path repository() const { return folder_ / "models"; }
  std::filesystem::path config() const { return folder_ / "tinyfogd.toml"; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  /// The metrics page.
  std::string Metrics() const;
  /// Sum over every sample of `name` whose line contains `label` (text such as `model="motor"`).
  double Metric(const std::string& name, const std::string& label = "") const;

 private:
  void WriteConfig() const;

  TemporaryFolder folder_;
  Options options_;
  std::map<std::string, std::string> endpoints_;
  std::unique_ptr<Process> process_;
};

}  // namespace tinyfog::testing
