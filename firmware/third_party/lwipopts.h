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
#define LWIP_ARP 1
/* Without a queue the SYN that caused the ARP request is lost, and comes again only after seconds. */
#define ARP_QUEUEING 1
#define ARP_TABLE_SIZE 4
/* The IP header behind the 14 bytes of Ethernet then stands on a word. */
#define ETH_PAD_SIZE 2

#define TCP_MSS 1460
/* The receive FIFO of the LAN9118 holds seven full frames, and drops the rest. */
#define TCP_WND (6 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define TCP_LISTEN_BACKLOG 0
#define MEMP_NUM_TCP_PCB 3
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_TCP_SEG 24
#define MEMP_NUM_PBUF 4
#define PBUF_POOL_SIZE 8
#define PBUF_POOL_BUFSIZE 1524

#define MEM_ALIGNMENT 4
#define MEM_SIZE (8 * 1024)
#define MEMP_MEM_MALLOC 0
