#include "guarded_heap.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace tinyfog::inference {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kRegion = std::size_t{64} << 30;  // addresses only
// Each takes up to two of a process's 65530 memory maps.
constexpr std::int64_t kMaxLive = 20'000;
constexpr std::uint64_t kMagic = 0x7466'6775'6172'6421;
constexpr unsigned char kFill = 0xa7;
constexpr std::size_t kAlignment = 16;

/// Right before the memory that is handed out; under it kFill down to the start of the page.
struct Header {
  std::uint64_t magic;
  std::size_t size;
};
static_assert(sizeof(Header) == kAlignment);

// Constant initialised: operator new is called before any constructor.
std::atomic<std::uintptr_t> region{0};
std::atomic<std::size_t> used{0};
std::atomic<std::int64_t> live{0};

// Blocks of one page go on a stack and are used again as they are: no system calls for the many
// small objects. The first word of a free block is the next one.
std::atomic_flag stack_busy = ATOMIC_FLAG_INIT;
unsigned char* free_pages = nullptr;

class StackLock {
 public:
  StackLock() {
    while (stack_busy.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~StackLock() { stack_busy.clear(std::memory_order_release); }
};

unsigned char* PopPage() {
  const StackLock lock;
  unsigned char* const page = free_pages;
  if (page != nullptr) std::memcpy(&free_pages, page, sizeof(page));
  return page;
}

void PushPage(unsigned char* page) {
  const StackLock lock;
  std::memcpy(page, &free_pages, sizeof(page));
  free_pages = page;
}

std::size_t RoundUp(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

void Write(const char* text) {
  const ssize_t ignored = write(STDERR_FILENO, text, std::strlen(text));
  static_cast<void>(ignored);
}

[[noreturn]] void Die(const char* text) {
  Write(text);
  std::abort();
}

bool InRegion(std::uintptr_t address) {
  const auto base = region.load(std::memory_order_relaxed);
  return base != 0 && address >= base && address < base + kRegion;
}

void OnFault(int signal_number, siginfo_t* info, void*) {
  if (InRegion(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
    Write("it reads or writes beyond the end of a buffer, or one that was freed\n");
  } else {
    Write("it accesses memory that is not its own\n");
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

/// `bytes` of pages before one without access; null when there is no room left.
unsigned char* NewPages(std::size_t bytes) {
  if (live.fetch_add(1, std::memory_order_relaxed) >= kMaxLive) {
    live.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  const std::size_t at = used.fetch_add(bytes + kPage, std::memory_order_relaxed);
  auto* const pages = reinterpret_cast<unsigned char*>(region.load() + at);
  if (at > kRegion - bytes - kPage || mprotect(pages, bytes, PROT_READ | PROT_WRITE) != 0) {
    live.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  return pages;
}

void* Allocate(std::size_t size) {
  if (size > kRegion / 2) return nullptr;
  const std::size_t padded = RoundUp(size, kAlignment);
  const std::size_t bytes = RoundUp(padded + sizeof(Header), kPage);
  unsigned char* pages = bytes == kPage ? PopPage() : nullptr;
  if (pages == nullptr) pages = NewPages(bytes);
  if (pages == nullptr) return nullptr;
  unsigned char* const memory = pages + bytes - padded;
  const Header header{kMagic, size};
  std::memcpy(memory - sizeof(Header), &header, sizeof(Header));
  std::memset(memory + size, kFill, padded - size);
  return memory;
}

void Free(void* pointer) {
  auto* const memory = static_cast<unsigned char*>(pointer);
  Header header;
  std::memcpy(&header, memory - sizeof(Header), sizeof(Header));
  if (header.magic != kMagic) Die("it writes before the start of a buffer\n");
  const std::size_t padded = RoundUp(header.size, kAlignment);
  for (std::size_t i = header.size; i < padded; ++i) {
    if (memory[i] != kFill) Die("it writes beyond the end of a buffer\n");
  }
  const std::size_t bytes = RoundUp(padded + sizeof(Header), kPage);
  if (bytes == kPage) {
    std::memset(memory - sizeof(Header), kFill, sizeof(Header));  // a second delete is noticed
    return PushPage(memory + padded - bytes);
  }
  // A new mapping gives the memory back and merges with its neighbours.
  mmap(memory + padded - bytes, bytes, PROT_NONE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  live.fetch_sub(1, std::memory_order_relaxed);
}

void* New(std::size_t size) {
  if (region.load(std::memory_order_relaxed) != 0) {
    if (void* memory = Allocate(size)) return memory;
  }
  return std::malloc(size == 0 ? 1 : size);
}

void Delete(void* memory) {
  if (InRegion(reinterpret_cast<std::uintptr_t>(memory))) return Free(memory);
  std::free(memory);
}

}  // namespace

bool GuardHeap() {
  void* base =
      mmap(nullptr, kRegion, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return false;
  struct sigaction action {};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
  region.store(reinterpret_cast<std::uintptr_t>(base));
  return true;
}

bool CanGuardHeap() { return true; }

}  // namespace tinyfog::inference

void* operator new(std::size_t size) {
  void* memory = tinyfog::inference::New(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return tinyfog::inference::New(size);
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return tinyfog::inference::New(size);
}
void operator delete(void* memory) noexcept { tinyfog::inference::Delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { tinyfog::inference::Delete(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  tinyfog::inference::Delete(memory);
}
void operator delete[](void* memory) noexcept { tinyfog::inference::Delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { tinyfog::inference::Delete(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  tinyfog::inference::Delete(memory);
}
