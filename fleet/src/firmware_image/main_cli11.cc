#include <CLI/CLI.hpp>
#include <cstdio>

#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/host/file.h"

namespace {

using namespace tinyfog::firmware_image;  // NOLINT: this file is the library's command line
using tinyfog::Outcome;

struct Options {
  std::string input, output, key, hardware;
  std::string version = "0.0.0";
  std::uint32_t counter = 0;
  std::uint32_t header_bytes = 512;
};

Outcome<tinyfog::wire::ImageVersion> ParseVersion(const std::string& text) {
  unsigned major = 0, minor = 0, revision = 0;
  unsigned long long build = 0;
  int end = -1;
  const char* t = text.c_str();
  if (std::sscanf(t, "%3u.%3u.%5u%n", &major, &minor, &revision, &end) == 3 && t[end] == '+') {
    const int before = end;
    end = -1;
    std::sscanf(t + before, "+%10llu%n", &build, &end);
    end = end < 0 ? end : before + end;
  }
  if (end != static_cast<int>(text.size()) || major > 255 || minor > 255 || revision > 65535 ||
      build > 0xFFFFFFFF) {
    return tinyfog::InvalidArgument("the version must be MAJOR.MINOR.REVISION[+BUILD], not " +
                                    text);
  }
  return tinyfog::wire::ImageVersion{
      static_cast<std::uint8_t>(major), static_cast<std::uint8_t>(minor),
      static_cast<std::uint16_t>(revision), static_cast<std::uint32_t>(build)};
}

Outcome<Key> ReadKey(const std::string& path) {
  std::vector<std::uint8_t> pem;
  TINYFOG_TRY_ASSIGN(pem, tinyfog::ReadFile(path, 1 << 16));
  auto key = Key::FromPem(std::string(pem.begin(), pem.end()));
  if (!key.ok()) return InContext(std::move(key).error(), path);
  return key;
}

void Print(const Details& details) {
  const auto& v = details.header.version;
  std::printf(
      "version %u.%u.%u+%u\nhardware %.*s\nsecurity counter %u\ncode %u bytes\nimage %u "
      "bytes\nsha256 ",
      v.major, v.minor, v.revision, v.build, details.tlvs.hardware_id_bytes,
      details.tlvs.hardware_id.data(), details.tlvs.security_counter, details.header.body_bytes,
      details.bytes);
  for (const std::uint8_t byte : details.tlvs.digest) std::printf("%02x", byte);
  std::printf("\n");
}

Outcome<void> RunSign(const Options& options) {
  const auto key = ReadKey(options.key);
  if (!key.ok()) return key.error();
  std::vector<std::uint8_t> code, image;
  TINYFOG_TRY_ASSIGN(code, tinyfog::ReadFile(options.input));
  Contents contents;
  TINYFOG_TRY_ASSIGN(contents.version, ParseVersion(options.version));
  contents.security_counter = options.counter;
  contents.hardware_id = options.hardware;
  contents.header_bytes = options.header_bytes;
  contents.code = code;
  TINYFOG_TRY_ASSIGN(image, Sign(contents, *key));
  return tinyfog::WriteFileAtomically(options.output, image);
}

Outcome<void> RunRead(const Options& options, bool verify) {
  std::vector<std::uint8_t> image;
  TINYFOG_TRY_ASSIGN(image, tinyfog::ReadFile(options.input));
  Details details;
  if (verify) {
    const auto key = ReadKey(options.key);
    if (!key.ok()) return key.error();
    TINYFOG_TRY_ASSIGN(details, Verify(image, *key));
  } else {
    TINYFOG_TRY_ASSIGN(details, Read(image));
  }
  Print(details);
  return {};
}

int Report(const Outcome<void>& outcome) {
  if (outcome.ok()) return 0;
  std::fprintf(stderr, "tinyfog-image: %s\n", outcome.error().message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Firmware images in MCUboot's format. A key: openssl genpkey -algorithm EC -pkeyopt "
      "ec_paramgen_curve:P-256 -out key.pem");
  app.require_subcommand(1);
  Options options;
  CLI::App* sign = app.add_subcommand("sign", "make a signed image from a program's bytes");
  sign->add_option("INPUT", options.input, "the program as it lies in memory")->required();
  sign->add_option("-o,--output", options.output, "write the image here")->required();
  sign->add_option("--hardware", options.hardware, "id of the hardware that may run it")
      ->required();
  sign->add_option("--version", options.version, "MAJOR.MINOR.REVISION[+BUILD]")->required();
  sign->add_option("--counter", options.counter, "security counter: nodes refuse lower ones later")
      ->required();
  sign->add_option("--header", options.header_bytes, "bytes before the program")
      ->capture_default_str();
  CLI::App* verify = app.add_subcommand("verify", "check an image's digest and signature");
  CLI::App* show = app.add_subcommand("show", "print what an image says of itself");
  for (CLI::App* command : {sign, verify}) {
    command->add_option("--key", options.key, "PEM file")->required();
  }
  for (CLI::App* command : {verify, show}) {
    command->add_option("INPUT", options.input, "the image")->required();
  }
  CLI11_PARSE(app, argc, argv);
  return Report(sign->parsed() ? RunSign(options) : RunRead(options, verify->parsed()));
}
