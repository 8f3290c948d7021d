#include <cstdio>

#include "print.h"
#include "program.h"

// What a board's start-up code and console do, for a program of the boards on the host.
namespace tinyfog::board {

void PrintOne(const char* text) { std::fputs(text, stdout); }
void PrintOne(Hex number) { std::printf("%08x", number.value); }
void PrintOne(std::uint32_t number) { std::printf("%u", number); }
void PrintOne(std::int32_t number) { std::printf("%d", number); }

}  // namespace tinyfog::board

int main() { return tinyfog::board::Main(); }
