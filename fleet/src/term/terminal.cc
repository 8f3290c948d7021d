#include "tinyfog/term/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace tinyfog::term {
namespace {

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Terminal DetectTerminal(int fd, bool no_color) {
  Terminal terminal;
  if (::isatty(fd) != 1) return terminal;
  const std::string_view type = Environment("TERM");
  terminal.interactive = !type.empty() && type != "dumb";
  terminal.style.color = terminal.interactive && !no_color && Environment("NO_COLOR").empty();
  terminal.style.width = 80;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.style.width = size.ws_col;
    terminal.rows = std::max<std::size_t>(size.ws_row, 4);
  } else if (const int columns = std::atoi(std::string(Environment("COLUMNS")).c_str());
             columns > 0) {
    terminal.style.width = static_cast<std::size_t>(columns);
  }
  return terminal;
}

std::string LiveBlock::Erase() {
  if (drawn_ == 0) return "";
  std::string out = "\x1b[" + std::to_string(drawn_) + "A\r\x1b[J";
  drawn_ = 0;
  return out;
}

void LiveBlock::Draw(const std::string& block, std::size_t rows) {
  std::string out = Erase();
  std::size_t at = 0;
  while (at < block.size() && drawn_ + 1 < rows) {
    std::size_t end = block.find('\n', at);
    end = end == std::string::npos ? block.size() : end + 1;
    out.append(block, at, end - at);
    at = end;
    ++drawn_;
  }
  WriteAll(fd_, out);
}

void LiveBlock::Print(const std::string& lines) { WriteAll(fd_, Erase() + lines); }

bool WriteAll(int fd, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t n = ::write(fd, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace tinyfog::term
