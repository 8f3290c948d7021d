#include "tinyfog/boot/services.h"

#include <cstring>
#include <new>

#include "tinyfog/boot/crypto_memory.h"

// The bootloader's side of the table: linked by it alone.
namespace tinyfog::boot {
namespace {

static_assert(sizeof(Hasher) == kSha256ContextBytes && alignof(Hasher) <= 8);
static_assert(kSignatureMemoryBytes <= 3072);  // what firmware in the field lends

Hasher& Of(void* context) { return *static_cast<Hasher*>(context); }

void Begin(void* context) { new (context) Hasher; }

void Add(void* context, const std::uint8_t* data, std::uint32_t bytes) {
  Of(context).Add({data, bytes});
}

void Finish(void* context, std::uint8_t* digest) {
  const wire::Sha256 found = Of(context).Finish();
  std::memcpy(digest, found.data(), found.size());
}

template <class Array>
const Array& As(const std::uint8_t* bytes) {
  static_assert(alignof(Array) == 1);
  return *reinterpret_cast<const Array*>(bytes);
}

std::uint32_t IsGoodP256(const std::uint8_t* key, const std::uint8_t* digest,
                         const std::uint8_t* signature, void* memory, std::uint32_t bytes) {
  if (bytes < kSignatureMemoryBytes) return 0;
  UseCryptoMemory({static_cast<std::uint8_t*>(memory), bytes});
  return EcdsaCheck().IsGood(As<PublicKey>(key), As<wire::Sha256>(digest),
                             As<wire::EcdsaSignature>(signature))
             ? 1
             : 0;
}

[[gnu::section(".services"), gnu::used]] alignas(kServicesOffset) constexpr Services kServices{
    .magic = kServicesMagic,
    .entries = 4,
    .sha256_begin = Begin,
    .sha256_add = Add,
    .sha256_finish = Finish,
    .is_good_p256 = IsGoodP256,
};

}  // namespace
}  // namespace tinyfog::boot
