#pragma once

#include <stddef.h>
#include <stdint.h>

/* What lwIP asks of a compiler: GCC for Cortex-M. */
#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_INTTYPES_H 1
#define X8_F "x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"
#define PACK_STRUCT_STRUCT __attribute__((packed))
#define LWIP_PLATFORM_DIAG(text) ((void)0)
#define LWIP_PLATFORM_ASSERT(text) __builtin_trap()

/* Random bits for port and sequence numbers, memory for what is sent, and the sum of RFC 1071, not
   inverted; defined by the network of the board. */
#ifdef __cplusplus
extern "C" {
#endif
uint32_t NetworkRandom(void);
void* NetworkAllocate(size_t bytes);
void NetworkFree(void* memory);
uint16_t NetworkChecksum(const void* data, int bytes);
#ifdef __cplusplus
}
#endif
#define LWIP_RAND() NetworkRandom()
