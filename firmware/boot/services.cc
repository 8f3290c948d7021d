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

std::uint32_t ReadHeaderOf(const std::uint8_t* data, std::uint32_t bytes, std::uint32_t limit,
                           CheckedImage* image) {
  return ReadHeader({data, bytes}, limit, *image) ? 1 : 0;
}

std::uint32_t ReadTlvsOf(const std::uint8_t* data, std::uint32_t bytes, CheckedImage* image) {
  return ReadTlvs({data, bytes}, *image) ? 1 : 0;
}

class CallersFlash final : public hal::Flash {
 public:
  CallersFlash(void* flash, const FlashFunctions* functions)
      : flash_(flash), functions_(*functions) {}
  const hal::FlashGeometry& geometry() const override { return *functions_.geometry(flash_); }
  Status Read(std::uint32_t offset, std::span<std::uint8_t> bytes) override {
    return Status(functions_.read(flash_, offset, bytes.data(), bytes.size()));
  }
  Status Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) override {
    return Status(functions_.program(flash_, offset, bytes.data(), bytes.size()));
  }
  Status Erase(std::uint32_t offset) override { return Status(functions_.erase(flash_, offset)); }

 private:
  void* flash_;
  const FlashFunctions& functions_;
};

std::uint32_t Number(Status status) { return static_cast<std::uint32_t>(status); }

void ReadImageOf(void* flash, const FlashFunctions* functions, std::uint32_t offset,
                 std::uint32_t limit, CheckedImage* image) {
  CallersFlash callers(flash, functions);
  *image = ReadImage(callers, offset, limit);
}

std::uint32_t OpenLogOf(void* flash, const FlashFunctions* functions, LogPosition* log,
                        std::uint8_t* value, std::uint32_t bytes) {
  CallersFlash callers(flash, functions);
  return Number(OpenLog(callers, *log, {value, bytes}));
}

std::uint32_t WriteLogOf(void* flash, const FlashFunctions* functions, LogPosition* log,
                         const std::uint8_t* value, std::uint32_t bytes) {
  CallersFlash callers(flash, functions);
  return Number(WriteLog(callers, *log, {value, bytes}));
}

std::uint32_t ReadStateOf(void* flash, const FlashFunctions* functions, const Layout* layout,
                          State* state) {
  CallersFlash callers(flash, functions);
  return Number(ReadState(callers, *layout, *state));
}

std::uint32_t RequestUpdateOf(void* flash, const FlashFunctions* functions, const Layout* layout,
                              std::uint32_t permanent) {
  CallersFlash callers(flash, functions);
  return Number(RequestUpdate(callers, *layout, permanent != 0));
}

std::uint32_t ConfirmUpdateOf(void* flash, const FlashFunctions* functions, const Layout* layout) {
  CallersFlash callers(flash, functions);
  return Number(ConfirmUpdate(callers, *layout));
}

[[gnu::section(".services"), gnu::used]] alignas(kServicesOffset) constexpr Services kServices{
    .magic = kServicesMagic,
    .entries = kServiceEntries,
    .sha256_begin = Begin,
    .sha256_add = Add,
    .sha256_finish = Finish,
    .is_good_p256 = IsGoodP256,
    .read_header = ReadHeaderOf,
    .read_tlvs = ReadTlvsOf,
    .read_image = ReadImageOf,
    .open_log = OpenLogOf,
    .write_log = WriteLogOf,
    .read_state = ReadStateOf,
    .request_update = RequestUpdateOf,
    .confirm_update = ConfirmUpdateOf,
};

}  // namespace
}  // namespace tinyfog::boot
