#include "bootloader_for_test.h"

#include "tinyfog/base/crc32.h"

namespace tinyfog::testing {

BootedBoard::BootedBoard() {
  const auto point = key_.Point();
  const std::uint32_t crc = Crc32(point);
  flash_.replace(0, 4, "TFP1");
  flash_.replace(4, point.size(), reinterpret_cast<const char*>(point.data()), point.size());
  flash_.replace(68, 4, reinterpret_cast<const char*>(&crc), 4);
}

std::string BootedBoard::Binary(const std::string& name) const {
  return std::string(TINYFOG_BINARY_DIR "/") + core() + "/bin/" + name;
}

std::vector<std::uint8_t> BootedBoard::Code(const std::string& name) const {
  const std::string raw = folder_ / "app.bin";
  const int code =
      RunCommand({"arm-none-eabi-objcopy", "-O", "binary", Binary(name + ".elf"), raw}).code;
  EXPECT_EQ(code, 0);
  const std::string bytes = Contents(raw);
  return {bytes.begin(), bytes.end()};
}

std::string BootedBoard::Image(const firmware_image::Contents& contents,
                               const firmware_image::Key& key) const {
  const auto image = firmware_image::Sign(contents, key).value();
  return {image.begin(), image.end()};
}

std::string BootedBoard::Run(const std::string& a, const std::string& b, int code) {
  flash_.replace(kSlotA, a.size(), a);
  flash_.replace(kSlotB, b.size(), b);
  const std::string file = folder_ / "flash.bin";
  Store(file, flash_);
  // The emulator backs all of that board's external memory: with a hole.
  const std::string size = core() == "cortex-m55" ? "2G" : "16M";
  if (size == "2G") std::filesystem::resize_file(file, std::uintmax_t{2} << 30);
  const Finished run = RunCommand(
      {"qemu-system-arm", "-M", machine() + ",memory-backend=ram", "-object",
       "memory-backend-file,id=ram,share=on,size=" + size + ",mem-path=" + file, "-kernel",
       bootloader_.empty() ? Binary("bootloader.elf") : bootloader_, "-display", "none", "-monitor",
       "none", "-serial", "stdio", "-semihosting-config", "enable=on,target=native"});
  EXPECT_EQ(run.code, code) << run.output << run.errors;
  return run.output;
}

}  // namespace tinyfog::testing
