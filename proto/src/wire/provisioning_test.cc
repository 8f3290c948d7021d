#include "tinyfog/wire/provisioning.h"

#include <gtest/gtest.h>

#include <vector>

namespace tinyfog::wire {
namespace {

class ProvisioningTest : public ::testing::Test {
 protected:
  Provisioning Plain() const {
    Provisioning p;
    p.node = "motor:7";
    p.site = "plant";
    p.address = {10, 0, 2, 15};
    p.netmask = {255, 255, 255, 0};
    p.router = p.broker = {10, 0, 2, 2};
    p.port = 1883;
    return p;
  }
  Provisioning Tls() const {
    Provisioning p = Plain();
    p.broker_name = "broker.test";
    p.authority = ca_;
    p.certificate = certificate_;
    p.key = key_;
    return p;
  }
  Provisioning Psk() const {
    Provisioning p = Plain();
    p.psk_identity = "motor-7";
    p.psk = psk_;
    return p;
  }
  std::vector<std::uint8_t> Written(const Provisioning& p) {
    const Bytes bytes = WriteProvisioning(p, buffer_);
    return {bytes.begin(), bytes.end()};
  }

  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kProvisioningRecordsBytes);
  std::vector<std::uint8_t> ca_ = std::vector<std::uint8_t>(500, 1);
  std::vector<std::uint8_t> certificate_ = std::vector<std::uint8_t>(400, 2);
  std::vector<std::uint8_t> key_ = std::vector<std::uint8_t>(121, 3);
  std::vector<std::uint8_t> psk_ = std::vector<std::uint8_t>(32, 4);
};

Status Read(Bytes area) {
  Provisioning provisioning;
  return ReadProvisioning(area, provisioning);
}

TEST_F(ProvisioningTest, ReadsWhatWasWritten) {
  for (const Provisioning& p : {Plain(), Tls(), Psk()}) {
    const auto bytes = Written(p);
    ASSERT_FALSE(bytes.empty());
    Provisioning read;
    ASSERT_EQ(ReadProvisioning(bytes, read), Status::kOk);
    EXPECT_EQ(read.node, p.node);
    EXPECT_EQ(read.site, p.site);
    EXPECT_EQ(read.address, p.address);
    EXPECT_EQ(read.netmask, p.netmask);
    EXPECT_EQ(read.router, p.router);
    EXPECT_EQ(read.broker, p.broker);
    EXPECT_EQ(read.port, p.port);
    EXPECT_EQ(read.broker_name, p.broker_name);
    EXPECT_TRUE(std::ranges::equal(read.authority, p.authority));
    EXPECT_TRUE(std::ranges::equal(read.certificate, p.certificate));
    EXPECT_TRUE(std::ranges::equal(read.key, p.key));
    EXPECT_EQ(read.psk_identity, p.psk_identity);
    EXPECT_TRUE(std::ranges::equal(read.psk, p.psk));
    EXPECT_EQ(read.has_tls(), !p.authority.empty() || !p.psk.empty());
  }
}

TEST_F(ProvisioningTest, EveryBitCounts) {
  const auto bytes = Written(Tls());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_NE(Read(flipped), Status::kOk) << bit;
  }
}

TEST_F(ProvisioningTest, EmptyAndCutFlashIsNoProvisioning) {
  EXPECT_EQ(Read({}), Status::kNotFound);
  EXPECT_EQ(Read(std::vector<std::uint8_t>(4096, 0xFF)), Status::kNotFound);
  const auto bytes = Written(Plain());
  EXPECT_EQ(Read(Bytes(bytes).first(bytes.size() - 1)), Status::kDataLoss);
}

TEST_F(ProvisioningTest, WhatANodeCouldNotUseIsNotWritten) {
  const auto refuses = [this](Provisioning p, auto change) {
    change(p);
    return Written(p).empty();
  };
  EXPECT_TRUE(refuses(Plain(), [](auto& p) { p.node = ""; }));
  EXPECT_TRUE(refuses(Plain(), [](auto& p) { p.node = "a/b"; }));
  EXPECT_TRUE(refuses(Plain(), [](auto& p) { p.site = "a:b"; }));
  EXPECT_TRUE(refuses(Plain(), [](auto& p) { p.port = 0; }));
  EXPECT_TRUE(refuses(Tls(), [](auto& p) { p.broker_name = ""; }));
  EXPECT_TRUE(refuses(Tls(), [](auto& p) { p.key = {}; }));
  EXPECT_TRUE(refuses(Tls(), [](auto& p) { p.authority = {}; }));
  EXPECT_TRUE(refuses(Psk(), [](auto& p) { p.psk = p.psk.first(15); }));
  EXPECT_TRUE(refuses(Psk(), [](auto& p) { p.psk_identity = ""; }));
  EXPECT_TRUE(refuses(Psk(), [this](auto& p) { p.authority = ca_; }));
  EXPECT_TRUE(WriteProvisioning(Tls(), std::span(buffer_).first(600)).empty());
}

TEST_F(ProvisioningTest, TrustedKey) {
  TrustedKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  auto unit = WriteTrustedKey(key);
  EXPECT_EQ(AsText(Bytes(unit).first(4)), "TFP1");
  TrustedKey read;
  ASSERT_EQ(ReadTrustedKey(unit, read), Status::kOk);
  EXPECT_EQ(read, key);
  unit[10] ^= 1;
  EXPECT_EQ(ReadTrustedKey(unit, read), Status::kDataLoss);
  unit[0] = 0;
  EXPECT_EQ(ReadTrustedKey(unit, read), Status::kNotFound);
}

}  // namespace
}  // namespace tinyfog::wire
