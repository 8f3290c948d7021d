#include "guarded_heap.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace tinyfog::inference {
namespace {

/// Memory about which the compiler knows nothing.
char* NewBytes(std::size_t size) {
  char* volatile hidden = new char[size];
  return hidden;
}

class GuardedHeapTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    if (!CanGuardHeap()) GTEST_SKIP() << "this build has the heap of a sanitizer";
  }
};

void Overread(std::size_t size, std::size_t at) {
  GuardHeap();
  const std::unique_ptr<char[]> memory(NewBytes(size));
  volatile char seen = memory.get()[at];
  static_cast<void>(seen);
}

void Overwrite(std::size_t size, std::ptrdiff_t at) {
  GuardHeap();
  const std::unique_ptr<char[]> memory(NewBytes(size));
  *const_cast<volatile char*>(memory.get() + at) = 1;
}

void UseAfterDelete() {
  GuardHeap();
  volatile char* memory = NewBytes(5000);
  delete[] memory;
  *(memory + 3) = 1;
}

void UseProperly() {
  std::string before(1000, 'a');
  if (!GuardHeap()) std::exit(1);
  std::vector<std::string> many;
  for (std::size_t i = 0; i < 30'000; ++i) many.emplace_back(i % 5000, 'b');
  before.resize(100'000);
  many.clear();
  std::vector<std::uint64_t> large(1 << 20, 7);
  std::exit(large.back() == 7 ? 0 : 1);
}

using GuardedHeapDeathTest = GuardedHeapTest;

TEST_F(GuardedHeapDeathTest, OverrunsEndTheProcess) {
  EXPECT_DEATH(Overread(64, 64), "beyond the end");
  EXPECT_DEATH(Overread(5000, 5008), "beyond the end");
  EXPECT_DEATH(Overwrite(64, 64), "beyond the end");
  EXPECT_DEATH(Overwrite(10, 10), "beyond the end");
  EXPECT_DEATH(Overwrite(64, -16), "before the start");
  EXPECT_DEATH(UseAfterDelete(), "beyond the end");
}

TEST_F(GuardedHeapDeathTest, ProperUseWorks) {
  EXPECT_EXIT(UseProperly(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tinyfog::inference
