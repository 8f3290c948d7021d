#include <cstdlib>

#include "tinyfog/wire/mqtt_decoder.h"

// The first byte chooses version, buffer and piece size, the rest is a server's stream. Pieces must
// not change what is decoded, payloads have the length that their head names, and views stay
// inside.
namespace {

using tinyfog::wire::Bytes;
using tinyfog::wire::MqttDecoder;
using tinyfog::wire::MqttPacket;
using tinyfog::wire::MqttVersion;

std::uint32_t Mix(std::uint32_t hash, Bytes bytes) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 16777619u;
  return hash ^ static_cast<std::uint32_t>(bytes.size());
}

void ParseBody(MqttVersion version, const MqttDecoder& decoder) {
  tinyfog::wire::MqttAnswer answer;
  for (const MqttPacket type : {MqttPacket::kConnack, MqttPacket::kPuback, MqttPacket::kSuback,
                                MqttPacket::kUnsuback, MqttPacket::kDisconnect}) {
    static_cast<void>(ParseMqttAnswer(version, type, decoder.body(), answer));
  }
}

std::uint32_t Decode(Bytes stream, MqttVersion version, std::size_t capacity, std::size_t piece) {
  static std::uint8_t buffer[256];
  MqttDecoder decoder({buffer, capacity});
  decoder.Reset(version);
  std::uint32_t hash = 0;
  std::uint64_t payload = 0;
  while (!stream.empty()) {
    Bytes input = stream.first(piece < stream.size() ? piece : stream.size());
    stream = stream.subspan(input.size());
    while (true) {
      const auto event = decoder.Next(input);
      if (event >= MqttDecoder::Event::kMalformed) return hash + static_cast<std::uint32_t>(event);
      if (event == MqttDecoder::Event::kMore) break;
      if (event == MqttDecoder::Event::kPacket) {
        hash = Mix(hash, decoder.body());
        ParseBody(version, decoder);
      } else if (event == MqttDecoder::Event::kPublish) {
        const auto& publish = decoder.publish();
        hash = Mix(hash, tinyfog::wire::AsBytes(publish.topic));
        hash = Mix(hash, tinyfog::wire::AsBytes(MqttUserProperty(publish.properties, "status")));
        payload = publish.payload_bytes;
      } else if (event == MqttDecoder::Event::kPayload) {
        if (decoder.payload().empty() || decoder.payload().size() > payload) std::abort();
        payload -= decoder.payload().size();
      } else if (payload != 0) {
        std::abort();
      }
    }
    if (!input.empty()) std::abort();
  }
  return hash;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const MqttVersion version = (data[0] & 1) != 0 ? MqttVersion::k5 : MqttVersion::k311;
  const std::size_t capacity = (data[0] & 2) != 0 ? 256 : 16;
  const Bytes stream(data + 1, size - 1);
  const std::size_t piece = 1 + (data[0] >> 2);
  if (Decode(stream, version, capacity, size) != Decode(stream, version, capacity, piece)) {
    std::abort();
  }
  return 0;
}
