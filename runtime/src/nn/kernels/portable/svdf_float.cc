#include "kernels/portable/svdf.h"

namespace tinyfog::nn {
namespace {

struct Floats {
  using Element = float;
  using Memory = float;
  using Sum = float;

  explicit Floats(const SvdfParams& params) : p(params) {}

  float Feature(float sum, float x, float w) const { return sum + x * w; }
  float Remember(float sum) const { return sum; }
  float Time(float sum, float s, float w) const { return sum + s * w; }
  float Start(float bias) const { return bias; }
  float Finish(float sum) const { return ClampTo(sum, p.clamp_min, p.clamp_max); }

  const SvdfParams& p;
};

}  // namespace

void RunSvdfFloat(const SvdfParams& p, Memory memory) { portable::Svdf<Floats, float>(p, memory); }

}  // namespace tinyfog::nn
