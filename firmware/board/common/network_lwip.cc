#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <netif/ethernet.h>

#include "block_heap.h"
#include "clock.h"
#include "network.h"

namespace {

std::uint32_t g_random = 1;
std::array<std::uint32_t, MEM_SIZE / 4> g_memory;
tinyfog::board::BlockHeap g_heap;
netif g_interface;

}  // namespace

extern "C" {

std::uint32_t sys_now() { return static_cast<std::uint32_t>(tinyfog::board::NowMs()); }

// Source: Marsaglia, "Xorshift RNGs" (2003).
std::uint32_t NetworkRandom() {
  g_random ^= g_random << 13;
  g_random ^= g_random >> 17;
  g_random ^= g_random << 5;
  return g_random;
}

void* NetworkAllocate(std::size_t bytes) { return g_heap.Allocate(bytes); }

void NetworkFree(void* memory) { tinyfog::board::BlockHeap::Free(memory); }

std::uint16_t NetworkChecksum(const void* data, int bytes) {
  const auto* byte = static_cast<const std::uint8_t*>(data);
  std::uint32_t sum = 0;  // of less than 2^16 numbers
  for (; bytes > 1; bytes -= 2, byte += 2) sum += byte[0] | byte[1] << 8;
  if (bytes > 0) sum += *byte;
  sum = (sum >> 16) + (sum & 0xFFFF);
  return static_cast<std::uint16_t>((sum >> 16) + sum);
}

void tcp_timer_needed() {}  // it always runs

static err_t SendFrame(netif* interface, pbuf* frame) {
  const auto* network = static_cast<tinyfog::board::Network*>(interface->state);
  return const_cast<tinyfog::board::Network*>(network)->Transmit(*frame) ? ERR_OK : ERR_MEM;
}

}  // extern "C"

namespace tinyfog::board {
namespace {

ip4_addr_t Ip(const std::array<std::uint8_t, 4>& a) {
  ip4_addr_t address;
  IP4_ADDR(&address, a[0], a[1], a[2], a[3]);
  return address;
}

}  // namespace

bool Network::Start(const NetworkConfig& config) {
  if (!ethernet_.Start()) return false;
  address_ = ethernet_.address();
  g_random = config.seed | 1;
  g_heap.Start(g_memory);
  lwip_init();
  SetUpInterface(config);
  return true;
}

// In place of netif_add and its like, which also serve interfaces that come, go and change.
void Network::SetUpInterface(const NetworkConfig& config) {
  g_interface.ip_addr = Ip(config.address);
  g_interface.netmask = Ip(config.netmask);
  g_interface.gw = Ip(config.router);
  g_interface.state = this;
  g_interface.output = etharp_output;
  g_interface.linkoutput = SendFrame;
  g_interface.mtu = 1500;
  g_interface.hwaddr_len = ETH_HWADDR_LEN;
  for (std::size_t i = 0; i < address_.size(); ++i) g_interface.hwaddr[i] = address_[i];
  g_interface.flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP | NETIF_FLAG_UP;
  netif_default = &g_interface;
  etharp_gratuitous(&g_interface);
}

bool Network::Poll() {
  const std::uint32_t bytes = ethernet_.NextFrame();
  if (bytes > 0) Receive(bytes);
  PBUF_CHECK_FREE_OOSEQ();
  const std::uint64_t now_ms = NowMs();
  if (now_ms >= next_tick_ms_) Tick(now_ms);
  return bytes > 0;
}

void Network::Tick(std::uint64_t now_ms) {
  static_assert(ARP_TMR_INTERVAL % TCP_TMR_INTERVAL == 0);
  next_tick_ms_ = now_ms + TCP_TMR_INTERVAL;
  tcp_tmr();
  if (++ticks_ % (ARP_TMR_INTERVAL / TCP_TMR_INTERVAL) == 0) etharp_tmr();
}

void Network::Receive(std::uint32_t bytes) {
  pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(bytes + ETH_PAD_SIZE), PBUF_POOL);
  for (pbuf* part = frame; part != nullptr; part = part->next) {
    ethernet_.Take({static_cast<std::uint32_t*>(part->payload), (part->len + 3u) / 4});
  }
  ethernet_.EndFrame();
  // Without memory TCP repeats it.
  if (frame != nullptr && ethernet_input(frame, &g_interface) != ERR_OK) pbuf_free(frame);
}

bool Network::Transmit(const pbuf& frame) {
  const std::uint32_t bytes = frame.tot_len - ETH_PAD_SIZE;
  if (!ethernet_.HasRoom(bytes)) return false;
  ethernet_.Begin(bytes);
  std::uint32_t padding = ETH_PAD_SIZE;
  for (const pbuf* part = &frame; part != nullptr; part = part->next) {
    const std::span<const std::uint8_t> piece(static_cast<const std::uint8_t*>(part->payload),
                                              part->len);
    ethernet_.Put(piece.subspan(padding));
    padding = 0;
  }
  ethernet_.Send();
  return true;
}

}  // namespace tinyfog::board
