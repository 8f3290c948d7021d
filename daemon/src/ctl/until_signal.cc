#include "until_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <thread>

namespace tinyfog::ctl {
namespace {

// A file descriptor that is closed at the end of its scope.
struct Descriptor {
  explicit Descriptor(int f) : fd(f) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

}  // namespace

Done RunUntilSignal(const std::function<Done()>& read, const std::function<void()>& cancel,
                    const std::function<void()>& draw, int frame_ms) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  const Descriptor signal(::signalfd(-1, &signals, SFD_CLOEXEC));
  const Descriptor ended(::eventfd(0, EFD_CLOEXEC));
  std::optional<Done> result;
  std::thread reader([&] {
    result = read();
    ::eventfd_write(ended.fd, 1);
  });
  pollfd waits[] = {{signal.fd, POLLIN, 0}, {ended.fd, POLLIN, 0}};
  while (waits[0].revents == 0 && waits[1].revents == 0) {
    draw();
    ::poll(waits, 2, frame_ms);
  }
  cancel();
  reader.join();
  draw();
  return std::move(*result);
}

}  // namespace tinyfog::ctl
