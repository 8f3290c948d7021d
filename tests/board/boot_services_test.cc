#include <cstring>

#include "bootloader_for_test.h"
#include "tinyfog/boot/trust.h"

// What the bootloader does for the firmware beside it, against the host's own mbedTLS.
namespace tinyfog::testing {
namespace {

using firmware_image::Key;

// Where services_app finds them: behind what a node has in flash.
constexpr std::size_t kCases = 0x400000, kLongestMessage = 200;
// What services may take of the caller's, and some for the caller.
constexpr unsigned long kStack = 2560 + 512;

struct Case {
  boot::PublicKey key;
  wire::Sha256 digest;
  wire::EcdsaSignature signature;
};
static_assert(sizeof(Case) == 160);

// The order of P-256's group. Source: FIPS 186-4, D.1.2.3.
constexpr wire::Sha256 kOrder = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

// With (r, s) of a digest, (r, order - s) is a signature as well.
void Negate(std::uint8_t* s) {
  int borrow = 0;
  for (int i = 31; i >= 0; --i) {
    const int difference = kOrder[i] - s[i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    s[i] = static_cast<std::uint8_t>(difference);
  }
}

class BootServicesTest : public BootedBoard {
 protected:
  std::string Image(const std::string& name, std::uint8_t major, std::uint32_t does = 0) const {
    const std::vector<std::uint8_t> code = Code(name);
    firmware_image::Contents contents;
    contents.version = {major, 0, 0, does};
    contents.hardware_id = machine();
    contents.code = code;
    return BootedBoard::Image(contents, key_);
  }

  Case Signed() const {
    const std::uint8_t code[] = {1, 2, 3, 4};
    firmware_image::Contents contents;
    contents.hardware_id = "any";
    contents.code = code;
    const auto image = firmware_image::Sign(contents, key_).value();
    const auto read = firmware_image::Read(image).value();
    return {key_.Point(), read.tlvs.digest, read.tlvs.signature};
  }

  std::vector<Case> Cases() const {
    const Case good = Signed();
    std::vector<Case> cases(16, good);
    Negate(cases[1].signature.data() + 32);
    cases[2].signature[31] ^= 1;
    cases[3].signature[63] ^= 1;
    cases[4].digest[0] ^= 0x80;
    cases[5].key[0] ^= 1;  // on the curve no more
    cases[6].key = Key::Generate().value().Point();
    cases[7].key = {};
    std::fill_n(cases[8].signature.begin(), 32, 0);
    std::fill_n(cases[9].signature.begin() + 32, 32, 0);
    std::copy(kOrder.begin(), kOrder.end(), cases[10].signature.begin());
    std::copy(kOrder.begin(), kOrder.end(), cases[11].signature.begin() + 32);
    std::rotate(cases[12].signature.begin(), cases[12].signature.begin() + 32,
                cases[12].signature.end());
    cases[13].signature.fill(0xFF);
    cases[14].key.fill(0xFF);
    cases[15] = Signed();
    return cases;
  }

  void StoreCases(const std::vector<Case>& cases) {
    const auto count = static_cast<std::uint32_t>(cases.size());
    std::memcpy(flash_.data() + kCases, &count, sizeof count);
    std::memcpy(flash_.data() + kCases + sizeof count, cases.data(), sizeof(Case) * cases.size());
  }

  // A bootloader whose table begins with other words. (In the file, code follows the table.)
  void ChangeTable(std::uint32_t magic, std::uint32_t entries) {
    bootloader_ = folder_ / "bootloader.elf";
    std::string elf = Contents(Binary("bootloader.elf"));
    const std::size_t table = elf.find("TFBS");
    ASSERT_NE(table, std::string::npos);
    std::memcpy(elf.data() + table, &magic, sizeof magic);
    std::memcpy(elf.data() + table + sizeof magic, &entries, sizeof entries);
    Store(bootloader_, elf);
  }

  // Of caller and services together, as the firmware has printed it.
  static unsigned long Stack(const std::string& output) {
    const std::size_t stack = output.find("\nstack ");
    EXPECT_NE(stack, std::string::npos) << output;
    return stack == std::string::npos ? 0 : std::stoul(output.substr(stack + 7));
  }

  std::string HashedBeginnings() const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(flash_.data()) + kCases;
    boot::Hasher all;
    for (std::size_t n = 0; n <= kLongestMessage; ++n) {
      boot::Hasher one;
      one.Add({bytes, n});
      all.Add(one.Finish());
    }
    std::string line = "hash ";
    for (const std::uint8_t byte : all.Finish()) line += std::to_string(byte) + " ";
    return line + "\n";
  }
};

TEST_P(BootServicesTest, AnswersAreThoseOfTheHost) {
  const std::vector<Case> cases = Cases();
  StoreCases(cases);
  std::string expected = "signatures ";
  for (const Case& one : cases) {
    expected += boot::EcdsaCheck().IsGood(one.key, one.digest, one.signature) ? "1" : "0";
  }
  ASSERT_EQ(expected, "signatures 1100000000000001");
  const std::string output = Run(Image("services_app", 1), "");
  EXPECT_NE(output.find(HashedBeginnings()), std::string::npos) << output;
  EXPECT_NE(output.find(expected + "\n"), std::string::npos) << output;
  // Before the app has lent memory.
  EXPECT_NE(output.find("signatures 0000000000000000\n"), std::string::npos) << output;
  EXPECT_NE(output.find("untouched behind the memory 64\n"), std::string::npos) << output;
  EXPECT_NE(output.find("image 1 for this board\n"), std::string::npos) << output;
  EXPECT_LE(Stack(output), kStack) << output;
}

// boot_app, which has no code of its own for images and the bootloader's state.
TEST_P(BootServicesTest, UpdatesAreAskedForAndConfirmed) {
  constexpr std::uint32_t kNothing = 0, kConfirms = 1, kAsksForUpdate = 4;
  const auto image = [&](std::uint8_t major, std::uint32_t does) {
    return Image("boot_app_services", major, does);
  };
  std::string output = Run(image(1, kAsksForUpdate), image(2, kConfirms));
  EXPECT_NE(output.find("app 1 reset 0 phase 0 outcome 0"), std::string::npos) << output;
  EXPECT_NE(output.find("app 2 reset 1 phase 3 outcome 2"), std::string::npos) << output;
  EXPECT_NE(output.find("app 2 reset 1 phase 0 outcome 3"), std::string::npos) << output;
  EXPECT_LE(Stack(output), kStack) << output;
  output = Run(image(1, kAsksForUpdate), image(2, kNothing));
  EXPECT_NE(output.find("app 1 reset 1 phase 0 outcome 4"), std::string::npos) << output;
}

// What an image cannot do without it says, and leaves the board to the one before it.
TEST_P(BootServicesTest, FirmwareThatMissesServicesIsTakenBack) {
  constexpr std::uint32_t kAsksForUpdate = 4;
  constexpr std::uint32_t kMagic = 0x53424654, kEntries = 12;
  for (const auto& [magic, entries] :
       {std::pair{0xFFFFFFFFu, 99u}, {kMagic, 0u}, {kMagic, kEntries - 1}}) {
    ChangeTable(magic, entries);
    const std::string output = Run(Image("boot_app", 1, kAsksForUpdate), Image("services_app", 2));
    EXPECT_NE(output.find("app: services are missing\n"), std::string::npos) << output;
    EXPECT_NE(output.find("app 1 reset 1 phase 0 outcome 4"), std::string::npos) << output;
    EXPECT_EQ(output.find("fault"), std::string::npos) << output;
  }
}

INSTANTIATE_TEST_SUITE_P(Boards, BootServicesTest, kBootedBoards, BoardName);

}  // namespace
}  // namespace tinyfog::testing
