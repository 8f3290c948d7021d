#pragma once

/* One thread, TCP over Ethernet with a static IPv4 address, no heap of the C library. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_UDP 0
#define LWIP_RAW 0
#define LWIP_DHCP 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_STATS 0
/* The stack then checks what comes from the network, not what we call it with. */
#define LWIP_NOASSERT 1
#define LWIP_ERROR(message, expression, handler)
#define LWIP_SINGLE_NETIF 1
#define LWIP_ARP 1
/* One packet waits for each address, the newest: as the first goes out alone, that is the SYN. */
#define ARP_QUEUEING 0
/* None of ours refers to bytes that others may change. */
#define PBUF_NEEDS_COPY(packet) 0
/* Every echo request came behind the room that its answer's headers take. */
#define LWIP_ICMP_ECHO_CHECK_INPUT_PBUF_LEN 0
#define LWIP_CHKSUM NetworkChecksum
#define ARP_TABLE_SIZE 4
/* network_lwip.cc calls tcp_tmr and etharp_tmr itself. */
#define LWIP_TIMERS 0
/* The IP header behind the 14 bytes of Ethernet then stands on a word. */
#define ETH_PAD_SIZE 2

#define TCP_MSS 1460
/* A segment of TCP_MSS fits the one interface's frames. */
#define TCP_CALCULATE_EFF_SEND_MSS 0
/* Less than the controller's receive FIFO (seven full frames) and the buffers below hold. */
#define TCP_WND (3 * TCP_MSS)
#define TCP_SND_BUF (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 8
/* What is written leaves at once: space for more behind it would stay empty. */
#define TCP_OVERSIZE 0
/* What comes behind a lost segment is kept: else each loss costs three segments. */
#define TCP_QUEUE_OOSEQ 1
/* So that segments that came again tell a round's time, too: else losses in a row double their
   sender's patience up to minutes. */
#define LWIP_TCP_TIMESTAMPS 1
#define TCP_LISTEN_BACKLOG 0
#define MEMP_NUM_TCP_PCB 3
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_TCP_SEG 8
#define MEMP_NUM_PBUF 4
/* A frame takes as many as it fills: small ones do not take the room of large ones. */
#define PBUF_POOL_SIZE 22
#define PBUF_POOL_BUFSIZE 256

#define MEM_ALIGNMENT 4
/* What is sent, with its headers, is allocated by network_lwip.cc in a heap of MEM_SIZE bytes. */
#define MEM_LIBC_MALLOC 1
#define MEM_SIZE (4 * 1024)
#define mem_clib_malloc NetworkAllocate
#define mem_clib_free NetworkFree
#define MEMP_MEM_MALLOC 0
