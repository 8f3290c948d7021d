#include "grouping.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tinyfog/wire/model_package.h"

namespace tinyfog::compress {
namespace {

constexpr int kRounds = 20;             // of one number of tables; few need more than five
constexpr int kWithoutImprovement = 3;  // tables more than the best number, then the search ends

using Assignment = std::vector<std::size_t>;  // of chunks to tables

std::uint64_t SizeOf(const Histogram& chunk) {
  return std::accumulate(chunk.begin(), chunk.end(), std::uint64_t{0});
}

std::vector<Histogram> SumsOf(std::span<const Histogram> chunks, const Assignment& assignment,
                              std::size_t tables) {
  std::vector<Histogram> sums(tables, Histogram{});
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    Histogram& sum = sums[assignment[i]];
    std::ranges::transform(sum, chunks[i], sum.begin(), std::plus<>());
  }
  return sums;
}

// Codes for all values, so that any chunk may move to the table: those that do not occur count a
// little.
CodeLengths RoughLengths(Histogram sum) {
  for (std::uint64_t& count : sum) count = count * 256 + 1;
  return BestLengths(sum);
}

// False: nothing moved.
bool Assign(std::span<const Histogram> chunks, const std::vector<CodeLengths>& tables,
            Assignment& assignment) {
  bool moved = false;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto cost = [&](std::size_t table) { return BitsOf(chunks[i], tables[table]); };
    std::size_t best = assignment[i];
    for (std::size_t table = 0; table < tables.size(); ++table) {
      if (cost(table) < cost(best)) best = table;
    }
    moved = moved || best != assignment[i];
    assignment[i] = best;
  }
  return moved;
}

void Settle(std::span<const Histogram> chunks, std::size_t tables, Assignment& assignment) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<CodeLengths> lengths;
    for (const Histogram& sum : SumsOf(chunks, assignment, tables)) {
      lengths.push_back(RoughLengths(sum));
    }
    if (!Assign(chunks, lengths, assignment)) return;
  }
}

Grouping AllRaw(std::span<const Histogram> chunks) {
  Grouping grouping;
  grouping.table_of.resize(chunks.size());
  for (const Histogram& chunk : chunks) grouping.bytes += 1 + SizeOf(chunk);
  return grouping;
}

// The tables of an assignment, but for those that do not pay, and what is raw then.
Grouping GroupingOf(std::span<const Histogram> chunks, const Assignment& assignment,
                    std::size_t tables) {
  Grouping grouping = AllRaw(chunks);
  const std::vector<Histogram> sums = SumsOf(chunks, assignment, tables);
  for (std::size_t table = 0; table < tables; ++table) {
    const CodeLengths lengths = BestLengths(sums[table]);
    std::uint64_t saved = 0;
    std::vector<std::size_t> coded;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (assignment[i] != table) continue;
      const std::uint64_t size = SizeOf(chunks[i]);
      const std::uint64_t bytes = (BitsOf(chunks[i], lengths) + 7) / 8;
      if (bytes >= size) continue;
      saved += size - bytes;
      coded.push_back(i);
    }
    if (saved <= wire::kCodeTableBytes) continue;
    for (const std::size_t i : coded) grouping.table_of[i] = grouping.tables.size();
    grouping.tables.push_back(lengths);
    grouping.bytes -= saved - wire::kCodeTableBytes;
  }
  return grouping;
}

double EntropyBits(const Histogram& chunk) {
  const auto size = static_cast<double>(SizeOf(chunk));
  double bits = 0;
  for (const std::uint64_t count : chunk) {
    const auto c = static_cast<double>(count);
    if (count != 0) bits -= c * std::log2(c / size);
  }
  return bits;
}

// That loses most by sharing its table: the start of a new one.
std::size_t WorstChunk(std::span<const Histogram> chunks, const Assignment& assignment,
                       std::size_t tables) {
  std::vector<CodeLengths> lengths;
  for (const Histogram& sum : SumsOf(chunks, assignment, tables)) {
    lengths.push_back(BestLengths(sum));
  }
  std::size_t worst = 0;
  double most = -1;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const double lost =
        static_cast<double>(BitsOf(chunks[i], lengths[assignment[i]])) - EntropyBits(chunks[i]);
    if (lost > most) {
      most = lost;
      worst = i;
    }
  }
  return worst;
}

}  // namespace

Grouping GroupChunks(std::span<const Histogram> chunks, std::size_t most_tables) {
  Assignment assignment(chunks.size(), 0);
  Grouping best = AllRaw(chunks);
  int worse = 0;
  for (std::size_t tables = 1; tables <= std::min(most_tables, chunks.size()); ++tables) {
    if (tables > 1) assignment[WorstChunk(chunks, assignment, tables - 1)] = tables - 1;
    Settle(chunks, tables, assignment);
    Grouping grouping = GroupingOf(chunks, assignment, tables);
    worse = grouping.bytes < best.bytes ? 0 : worse + 1;
    if (grouping.bytes < best.bytes) best = std::move(grouping);
    if (worse == kWithoutImprovement) break;
  }
  return best;
}

}  // namespace tinyfog::compress
