#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace tinyfog::mqtt {

/// A real mosquitto on a free loopback port for the life of a test; Stop and Start model an outage.
class MosquittoForTest {
 public:
  explicit MosquittoForTest(const std::string& folder, const std::string& extra = "")
      : config_(folder + "/mosquitto-" + std::to_string(getpid()) + ".conf") {
    port_ = FreePort();
    std::ofstream(config_) << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\n"
                           << "set_tcp_nodelay true\nmax_queued_messages 100000\n"
                           << extra << "\n";
    Start();
  }
  ~MosquittoForTest() {
    Stop();
    unlink(config_.c_str());
  }
  MosquittoForTest(const MosquittoForTest&) = delete;

  void Start() {
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      freopen("/dev/null", "w", stderr);
      execl("/usr/sbin/mosquitto", "mosquitto", "-c", config_.c_str(), nullptr);
      _exit(127);
    }
    while (!Accepts() && waitpid(pid_, nullptr, WNOHANG) == 0) std::this_thread::yield();
  }
  void Stop(int signal = SIGKILL) {
    if (pid_ > 0) {
      kill(pid_, signal);
      waitpid(pid_, nullptr, 0);
    }
    pid_ = 0;
  }
  int port() const { return port_; }
  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }

 private:
  static sockaddr_in Loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static int FreePort() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
  }
  bool Accepts() const {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = Loopback(port_);
    const bool up = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return up;
  }

  const std::string config_;
  int port_ = 0;
  pid_t pid_ = 0;
};

/// Waits for conditions that other threads bring about.
class Waiter {
 public:
  /// Changes state under the waiter's lock and wakes Until.
  template <class F>
  void Change(F&& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  /// False when it has not become true within a generous bound.
  bool Until(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace tinyfog::mqtt
