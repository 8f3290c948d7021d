#include "backend_armnn_2008.h"
#include "tinyfog/armnn_backend/cputiny.h"

// What Arm NN looks for in a module of its folder of backends (src/backends/dynamic/README.md of
// its sources).
extern "C" {

const char* GetBackendId() { return tinyfog::armnn_backend::kCpuTiny; }

void GetVersion(std::uint32_t* major, std::uint32_t* minor) {
  if (major == nullptr || minor == nullptr) return;
  const armnn::BackendVersion version = armnn::IBackendInternal::GetApiVersion();
  *major = version.m_Major;
  *minor = version.m_Minor;
}

void* BackendFactory() { return new tinyfog::armnn_backend::CpuTinyBackend; }
}
