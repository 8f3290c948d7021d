#pragma once

/* SHA-256 and verification of ECDSA over P-256, for the bootloader and its services: without
 * variables of its own, and without pointers to functions in RAM. lent_memory_mbedtls.cc has what is named
 * here. */
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void* tinyfog_boot_calloc(size_t count, size_t bytes);
void tinyfog_boot_free(void* memory);
#ifdef __cplusplus
}
#endif
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_CALLOC_MACRO tinyfog_boot_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO tinyfog_boot_free
#define MBEDTLS_PLATFORM_EXIT_MACRO(code) __builtin_trap()
#define MBEDTLS_PLATFORM_ZEROIZE_ALT
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_HAVE_ASM

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_MPI_MAX_SIZE 64
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE 2
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_ECP_NO_INTERNAL_RNG
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C

#include "mbedtls/check_config.h"
