// Runs a fuzz target without libFuzzer, for the normal suite and any compiler: mutates a corpus
// with a printed seed.
//
//   usage: TARGET [--seconds S] [--runs N] [--seed X] [CORPUS file or folder ...]
//
// --seed with --runs replays a run exactly; a single input is replayed with --runs 0 FILE. When the
// process dies, the input that killed it is in crash-<target>-<seed>.bin in the working folder.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// What a target prepares once, as libFuzzer has it; not bound by the time of one input.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) __attribute__((weak));

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t kMaxBytes = 1 << 20;

struct Options {
  double seconds = 1;
  long runs = -1;  ///< -1: by time
  std::uint64_t seed = 0;
  std::vector<Bytes> corpus;
};

// What the signal handler needs; it may only use plain memory and system calls.
char crash_path[512];
const std::uint8_t* current_data = nullptr;
std::size_t current_size = 0;

void SaveCurrentInput() {
  const int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0) return;
  const ssize_t ignored = write(fd, current_data, current_size);
  (void)ignored;
  close(fd);
  static const char kText[] = "fuzz: the input that failed is in ";
  const ssize_t a = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  const ssize_t b = write(STDERR_FILENO, crash_path, std::strlen(crash_path));
  const ssize_t c = write(STDERR_FILENO, "\n", 1);
  (void)a, (void)b, (void)c;
}

void OnDeath(int signal_number) {
  SaveCurrentInput();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

}  // namespace

// Sanitizers end a process without a signal; they call this first where they are linked in.
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

void InstallDeathHandlers() {
  for (const int s : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM}) signal(s, OnDeath);
  if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(SaveCurrentInput);
}

void Execute(const Bytes& input) {
  // A copy of the exact size lets the address sanitizer see reads beyond its end.
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[input.size()]);
  std::copy(input.begin(), input.end(), exact.get());
  current_data = exact.get();
  current_size = input.size();
  alarm(20);  // a hang is a failure
  LLVMFuzzerTestOneInput(exact.get(), input.size());
  alarm(0);
}

class Mutator {
 public:
  Mutator(std::uint64_t seed, const std::vector<Bytes>& corpus) : random_(seed), corpus_(corpus) {}

  Bytes Next() {
    Bytes bytes = corpus_[Below(corpus_.size())];
    const std::size_t rounds = 1 + Below(6);
    for (std::size_t i = 0; i < rounds; ++i) Mutate(bytes);
    if (bytes.size() > kMaxBytes) bytes.resize(kMaxBytes);
    return bytes;
  }

 private:
  std::size_t Below(std::size_t n) { return n == 0 ? 0 : random_() % n; }
  std::uint8_t Byte() { return static_cast<std::uint8_t>(random_()); }

  void Mutate(Bytes& bytes) {
    switch (Below(9)) {
      case 0:
        if (!bytes.empty()) bytes[Below(bytes.size())] ^= static_cast<std::uint8_t>(1u << Below(8));
        break;
      case 1:
        if (!bytes.empty()) bytes[Below(bytes.size())] = Byte();
        break;
      case 2:
        bytes.insert(At(bytes, Below(bytes.size() + 1)), 1 + Below(8), Byte());
        break;
      case 3:
        Erase(bytes);
        break;
      case 4:
        if (!bytes.empty()) bytes.resize(Below(bytes.size()));
        break;
      case 5:
        CopyWithin(bytes);
        break;
      case 6:
        Splice(bytes);
        break;
      case 7:
        Overwrite(bytes, InterestingNumber(), 4);
        break;
      default:
        Overwrite(bytes, InterestingNumber(), 1 + Below(8));
        break;
    }
  }

  static Bytes::iterator At(Bytes& bytes, std::size_t i) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(i);
  }

  void Erase(Bytes& bytes) {
    if (bytes.empty()) return;
    const std::size_t from = Below(bytes.size());
    const std::size_t count = std::min(bytes.size() - from, 1 + Below(16));
    bytes.erase(At(bytes, from), At(bytes, from + count));
  }

  void CopyWithin(Bytes& bytes) {
    if (bytes.empty()) return;
    const std::size_t from = Below(bytes.size());
    const std::size_t count = std::min(bytes.size() - from, 1 + Below(64));
    const Bytes block(At(bytes, from), At(bytes, from + count));
    bytes.insert(At(bytes, Below(bytes.size() + 1)), block.begin(), block.end());
  }

  void Splice(Bytes& bytes) {
    const Bytes& other = corpus_[Below(corpus_.size())];
    const std::size_t keep = Below(bytes.size() + 1);
    const std::size_t from = Below(other.size() + 1);
    bytes.resize(keep);
    bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
  }

  std::uint64_t InterestingNumber() {
    static constexpr std::uint64_t kNumbers[] = {
        0,          1,          2,          3,       4,          7,     8,
        15,         16,         31,         32,      63,         64,    127,
        128,        255,        256,        32767,   32768,      65535, 65536,
        0x7fffffff, 0x80000000, 0xffffffff, 1 << 30, 0xfffffffe, ~0ull, 1ull << 63};
    return kNumbers[Below(std::size(kNumbers))];
  }

  void Overwrite(Bytes& bytes, std::uint64_t number, std::size_t width) {
    if (bytes.size() < width) return;
    std::size_t at = Below(bytes.size() - width + 1);
    if (width == 4) at &= ~std::size_t{3};  // flatbuffers and most headers align their words
    for (std::size_t i = 0; i < width; ++i) {
      bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
  }

  std::mt19937_64 random_;
  const std::vector<Bytes>& corpus_;
};

void AddCorpus(const std::filesystem::path& path, Options& options) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());  // the order must not depend on the file system
  } else {
    files.push_back(path);
  }
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "fuzz: cannot read %s\n", file.c_str());
      std::exit(2);
    }
    options.corpus.emplace_back(std::istreambuf_iterator<char>(in),
                                std::istreambuf_iterator<char>());
  }
}

Options ParseArguments(int argc, char** argv) {
  Options options;
  options.seed = std::random_device()();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--seconds" && has_value) {
      options.seconds = std::atof(argv[++i]);
    } else if (argument == "--runs" && has_value) {
      options.runs = std::atol(argv[++i]);
    } else if (argument == "--seed" && has_value) {
      options.seed = std::strtoull(argv[++i], nullptr, 0);
    } else if (argument.starts_with("--")) {
      std::fprintf(stderr, "usage: %s [--seconds S] [--runs N] [--seed X] [CORPUS ...]\n", argv[0]);
      std::exit(2);
    } else {
      AddCorpus(argument, options);
    }
  }
  options.corpus.emplace_back();
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = ParseArguments(argc, argv);
  const std::string name = std::filesystem::path(argv[0]).filename();
  std::printf("fuzz: %s, seed %llu, %zu inputs in the corpus\n", name.c_str(),
              static_cast<unsigned long long>(options.seed), options.corpus.size());
  std::fflush(stdout);
  std::snprintf(crash_path, sizeof(crash_path), "%s/crash-%s-%llu.bin",
                std::filesystem::current_path().c_str(), name.c_str(),
                static_cast<unsigned long long>(options.seed));
  InstallDeathHandlers();
  if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
  for (const Bytes& input : options.corpus) Execute(input);
  Mutator mutator(options.seed, options.corpus);
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                       std::chrono::duration<double>(options.seconds));
  long done = 0;
  while (options.runs >= 0 ? done < options.runs : std::chrono::steady_clock::now() < end) {
    Execute(mutator.Next());
    ++done;
  }
  std::printf("fuzz: %ld runs, nothing found\n", done);
  return 0;
}
