#pragma once

#include <cstdint>
#include <span>

/// Files and exit of the host that runs the board (an emulator or a debugger).
/// Source: Arm, "Semihosting for AArch32 and AArch64".
namespace tinyfog::board {

/// A file of the host.
class HostFile {
 public:
  enum class Mode : std::uint32_t { kRead = 1, kWrite = 5 };  // "rb", "wb"

  /// Names are as the host sees them. Check is_open().
  HostFile(const char* name, Mode mode);
  ~HostFile();
  HostFile(const HostFile&) = delete;
  HostFile& operator=(const HostFile&) = delete;

  bool is_open() const { return handle_ >= 0; }
  std::uint32_t size() const;
  /// False when not all of it could be read or written.
  bool Read(std::span<std::uint8_t> bytes);
  bool Write(std::span<const std::uint8_t> bytes);

 private:
  std::int32_t handle_;
};

/// The command line's words, the first of them the program's name. Changes `line`, which holds
/// them. Returns how many there are, at most `words.size()`.
std::uint32_t CommandLine(std::span<char> line, std::span<const char*> words);

/// Ends the run; the emulator exits with `code`.
[[noreturn]] void Exit(std::int32_t code);

}  // namespace tinyfog::board
