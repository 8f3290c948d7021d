#include <mbedtls/ecdsa.h>
#include <mbedtls/sha256.h>

#include <new>

#include "tinyfog/boot/trust.h"

// SHA-256 and ECDSA of mbedTLS 2.28.
namespace tinyfog::boot {
namespace {

mbedtls_sha256_context* Context(std::uint8_t* bytes) {
  return reinterpret_cast<mbedtls_sha256_context*>(bytes);
}

// Numbers that are freed at the end of the scope.
struct Numbers {
  Numbers() {
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
  }
  ~Numbers() {
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
  }
  mbedtls_ecp_group group;
  mbedtls_ecp_point point;
  mbedtls_mpi r, s;
};

}  // namespace

static_assert(sizeof(mbedtls_sha256_context) <= sizeof(Hasher));

Hasher::Hasher() {
  new (context_) mbedtls_sha256_context;
  mbedtls_sha256_init(Context(context_));
  mbedtls_sha256_starts_ret(Context(context_), 0);
}

Hasher::~Hasher() { mbedtls_sha256_free(Context(context_)); }

void Hasher::Add(std::span<const std::uint8_t> bytes) {
  mbedtls_sha256_update_ret(Context(context_), bytes.data(), bytes.size());
}

wire::Sha256 Hasher::Finish() {
  wire::Sha256 digest;
  mbedtls_sha256_finish_ret(Context(context_), digest.data());
  return digest;
}

bool EcdsaCheck::IsGood(const PublicKey& key, const wire::Sha256& digest,
                        const wire::EcdsaSignature& signature) {
  Numbers n;
  return mbedtls_ecp_group_load(&n.group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
         mbedtls_mpi_read_binary(&n.point.X, key.data(), 32) == 0 &&
         mbedtls_mpi_read_binary(&n.point.Y, key.data() + 32, 32) == 0 &&
         mbedtls_mpi_lset(&n.point.Z, 1) == 0 &&
         mbedtls_ecp_check_pubkey(&n.group, &n.point) == 0 &&
         mbedtls_mpi_read_binary(&n.r, signature.data(), 32) == 0 &&
         mbedtls_mpi_read_binary(&n.s, signature.data() + 32, 32) == 0 &&
         mbedtls_ecdsa_verify(&n.group, digest.data(), digest.size(), &n.point, &n.r, &n.s) == 0;
}

}  // namespace tinyfog::boot
