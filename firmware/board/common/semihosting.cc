#include "semihosting.h"

namespace tinyfog::board {
namespace {

enum class Operation : std::uint32_t {
  kOpen = 0x01,
  kClose = 0x02,
  kWrite = 0x05,
  kRead = 0x06,
  kLength = 0x0C,
  kCommandLine = 0x15,
  kExitExtended = 0x20,
};
constexpr std::uint32_t kApplicationExit = 0x20026;

std::int32_t Call(Operation operation, const void* block) {
  register std::uint32_t r0 asm("r0") = static_cast<std::uint32_t>(operation);
  register const void* r1 asm("r1") = block;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return static_cast<std::int32_t>(r0);
}

std::uint32_t Word(const void* pointer) { return reinterpret_cast<std::uint32_t>(pointer); }

}  // namespace

HostFile::HostFile(const char* name, Mode mode) {
  std::uint32_t length = 0;
  while (name[length] != '\0') ++length;
  const std::uint32_t block[] = {Word(name), static_cast<std::uint32_t>(mode), length};
  handle_ = Call(Operation::kOpen, block);
}

HostFile::~HostFile() {
  if (is_open()) Call(Operation::kClose, &handle_);
}

std::uint32_t HostFile::size() const {
  const std::int32_t length = Call(Operation::kLength, &handle_);
  return length < 0 ? 0 : static_cast<std::uint32_t>(length);
}

bool HostFile::Read(std::span<std::uint8_t> bytes) {
  const std::uint32_t block[] = {static_cast<std::uint32_t>(handle_), Word(bytes.data()),
                                 bytes.size()};
  return Call(Operation::kRead, block) == 0;
}

bool HostFile::Write(std::span<const std::uint8_t> bytes) {
  const std::uint32_t block[] = {static_cast<std::uint32_t>(handle_), Word(bytes.data()),
                                 bytes.size()};
  return Call(Operation::kWrite, block) == 0;
}

std::uint32_t CommandLine(std::span<char> line, std::span<const char*> words) {
  const std::uint32_t block[] = {Word(line.data()), line.size()};
  if (Call(Operation::kCommandLine, block) != 0) return 0;
  std::uint32_t count = 0;
  for (char* c = line.data(); *c != '\0' && count < words.size();) {
    words[count++] = c;
    while (*c != '\0' && *c != ' ') ++c;
    if (*c == ' ') *c++ = '\0';
  }
  return count;
}

void Exit(std::int32_t code) {
  const std::uint32_t block[] = {kApplicationExit, static_cast<std::uint32_t>(code)};
  while (true) Call(Operation::kExitExtended, block);
}

}  // namespace tinyfog::board
