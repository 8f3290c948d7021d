#include "child_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace tinyfog::mqtt_gateway {
namespace {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error Failed(const char* what) {
  return Unavailable(std::string(what) + ": " + std::strerror(errno));
}

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Outcome<std::uint16_t> Bind(std::uint16_t port) {
  const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = Loopback(port);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd.get(), generic, size) != 0) return Failed("no TCP port on 127.0.0.1");
  if (getsockname(fd.get(), generic, &size) != 0) return Failed("getsockname");
  return ntohs(address.sin_port);
}

struct Identity {
  uid_t user;
  gid_t group;
};

/// Whom a child of root becomes. Errors: kUnavailable when there is no such user.
Outcome<Identity> FindUser(const std::string& name) {
  errno = 0;
  if (const passwd* entry = getpwnam(name.c_str())) return Identity{entry->pw_uid, entry->pw_gid};
  return Unavailable("there is no user '" + name + "' for the private broker to run as");
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void RunChild(const char* program, char* const* arguments, int log, int config,
                           const Identity* identity, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setpgid(0, 0);
  if (identity != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(identity->group) != 0 || setuid(identity->user) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);     // after setuid, which clears it
  if (getppid() != parent) _exit(127);  // the parent died before prctl
  const int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  fcntl(config, F_SETFD, 0);
  execv(program, arguments);
  _exit(127);
}

}  // namespace

Outcome<Child> StartChild(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments, const std::string& config,
                          const std::string& user) {
  std::optional<Identity> identity;
  if (geteuid() == 0) {
    TINYFOG_TRY_ASSIGN(identity, FindUser(user));
  }
  const Fd file(memfd_create("config", MFD_CLOEXEC));
  if (file.get() < 0) return Failed("memfd_create");
  if (write(file.get(), config.data(), config.size()) != static_cast<ssize_t>(config.size())) {
    return Failed("memfd write");
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe");
  Fd read_end(ends[0]);
  const Fd write_end(ends[1]);

  std::vector<std::string> texts{program.string()};
  for (const std::string& argument : arguments) {
    texts.push_back(argument == "@config" ? "/proc/self/fd/" + std::to_string(file.get())
                                          : argument);
  }
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return Failed("fork");
  if (pid == 0)
    RunChild(texts[0].c_str(), pointers.data(), write_end.get(), file.get(),
             identity ? &*identity : nullptr, parent);
  return Child{pid, read_end.release()};
}

Outcome<std::uint16_t> FreePort(std::uint16_t wanted) {
  if (wanted != 0) {
    // SO_REUSEADDR would let us bind beside a listener on another address only, but ask anyway.
    if (auto port = Bind(wanted); port.ok() && !Accepts(wanted)) return port;
  }
  return Bind(0);
}

bool Accepts(std::uint16_t port) {
  const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace tinyfog::mqtt_gateway
