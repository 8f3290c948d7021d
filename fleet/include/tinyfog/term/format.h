#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

/// Numbers for people. Programs get exact ones through JsonWriter.
namespace tinyfog::term {

/// "0 B", "1,023 B", "1.5 KiB", "43 MiB".
std::string HumanBytes(std::uint64_t bytes);

/// "850 ns", "312 µs", "1.52 ms", "3.4 s", "2 min 5 s", "3 h 12 min", "4 d 3 h".
std::string HumanDuration(std::chrono::nanoseconds duration);

/// With thousands separators: "1,234,567".
std::string HumanCount(std::uint64_t count);

/// A share of 0..1: "99.5 %".
std::string HumanPercent(double share);

/// "3.142", without an exponent; "nan" and "inf" as such.
std::string Fixed(double value, int digits);

/// "[=======>      ]  52 %  1.2 MiB of 2.3 MiB" in at most `columns` columns.
std::string ProgressBar(std::uint64_t done, std::uint64_t total, std::size_t columns);

}  // namespace tinyfog::term
