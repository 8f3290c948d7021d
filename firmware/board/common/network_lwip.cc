#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

#include "clock.h"
#include "network.h"

namespace {

std::uint32_t g_random = 1;
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

static err_t SendFrame(netif* interface, pbuf* frame) {
  const auto* network = static_cast<tinyfog::board::Network*>(interface->state);
  return const_cast<tinyfog::board::Network*>(network)->Transmit(*frame) ? ERR_OK : ERR_MEM;
}

static err_t SetUpInterface(netif* interface) {
  interface->name[0] = 'e';
  interface->name[1] = 't';
  interface->mtu = 1500;
  interface->hwaddr_len = ETH_HWADDR_LEN;
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
  interface->output = etharp_output;
  interface->linkoutput = SendFrame;
  return ERR_OK;
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
  lwip_init();
  const ip4_addr_t address = Ip(config.address);
  const ip4_addr_t netmask = Ip(config.netmask);
  const ip4_addr_t router = Ip(config.router);
  netif_add(&g_interface, &address, &netmask, &router, this, SetUpInterface, ethernet_input);
  for (std::size_t i = 0; i < address_.size(); ++i) g_interface.hwaddr[i] = address_[i];
  netif_set_default(&g_interface);
  netif_set_up(&g_interface);
  return true;
}

bool Network::Poll() {
  const std::uint32_t bytes = ethernet_.NextFrame();
  if (bytes > 0) Receive(bytes);
  sys_check_timeouts();
  return bytes > 0;
}

void Network::Receive(std::uint32_t bytes) {
  pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(bytes + ETH_PAD_SIZE), PBUF_POOL);
  for (pbuf* part = frame; part != nullptr; part = part->next) {
    ethernet_.Take({static_cast<std::uint32_t*>(part->payload), (part->len + 3u) / 4});
  }
  ethernet_.EndFrame();
  // Without memory TCP repeats it.
  if (frame != nullptr && g_interface.input(frame, &g_interface) != ERR_OK) pbuf_free(frame);
}

std::uint64_t Network::NextDeadline() const {
  const std::uint32_t wait_ms = sys_timeouts_sleeptime();
  return wait_ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? ~std::uint64_t{0} : NowMs() + wait_ms;
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
