#include "tinyfog/demo/vibration.h"

#include <algorithm>
#include <cmath>

#include "trigonometry.h"

namespace tinyfog::demo {
namespace {

using Vector = std::array<double, kAxes>;
using Signal = std::array<Vector, kWindowSamples>;

constexpr double kNominalSpeedHz = 25;  // a four-pole motor on 50 Hz mains

/// The machine as it is in one window.
struct Machine {
  double speed_hz = 0;  ///< rotation
  double load = 0;      ///< 0 idle .. 1 full
  Signal signal{};      ///< g, in the machine's axes
};

/// Log-uniform: severities are spread over decades, not over differences.
double Spread(Random& random, double low, double high) {
  // low * (high/low)^u without the C library's pow.
  double value = low;
  const double u = random.Uniform(0, 1);
  double step = high / low, part = 1;
  for (int bit = 0; bit < 20; ++bit) {
    step = std::sqrt(step);
    part /= 2;
    // u's binary digits choose the roots that are multiplied.
    if (static_cast<std::uint64_t>(u / part) & 1) value *= step;
  }
  return value;
}

/// Adds amplitude[axis] * cos(order * rotation + phase[axis]).
void AddTone(Machine& machine, double order, const Vector& amplitude, const Vector& phase) {
  const Phasor step = Rotation(kTurn * order * machine.speed_hz / kSampleRateHz);
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    Phasor p = Rotation(phase[axis]);
    for (Vector& sample : machine.signal) {
      sample[axis] += amplitude[axis] * p.re;
      p = p * step;
    }
  }
}

double AnyPhase(Random& random) { return random.Uniform(0, kTurn); }

/// The same with any phases, drawn in here: in which order two arguments draw would be the
/// compiler's choice.
void AddOrder(Machine& machine, double order, const Vector& amplitude, Random& random) {
  const Vector phase{AnyPhase(random), AnyPhase(random), AnyPhase(random)};
  AddTone(machine, order, amplitude, phase);
}

/// A rotating force: both radial axes a quarter turn apart, unequal by the mounting's stiffness;
/// centrifugal, so with the square of the speed.
void AddImbalance(Machine& machine, double severity_g, Random& random) {
  const double ratio = machine.speed_hz / kNominalSpeedHz;
  const double g = severity_g * ratio * ratio;
  const double phase = AnyPhase(random);
  const Vector amplitude{g, g * random.Uniform(0.6, 0.95), g * random.Uniform(0.05, 0.2)};
  AddTone(machine, 1, amplitude,
          {phase, phase - kTurn / 4 + random.Uniform(-0.3, 0.3), AnyPhase(random)});
}

/// The coupling bends twice in a turn: second order above the first, a third, and a strong axial
/// part.
void AddMisalignment(Machine& machine, double severity_g, Random& random) {
  const double g = severity_g * (0.7 + 0.3 * machine.load);
  const double first = g * random.Uniform(0.3, 0.7), third = g * random.Uniform(0.1, 0.35);
  const double axial = random.Uniform(0.7, 1.3);
  AddOrder(machine, 1, {first, first * random.Uniform(0.5, 1), first * axial}, random);
  AddOrder(machine, 2, {g, g * random.Uniform(0.5, 1), g * axial}, random);
  AddOrder(machine, 3, {third, third * random.Uniform(0.5, 1), third * axial}, random);
}

/// A loose foot or fit: the motion is cut off on one side, which gives a comb of harmonics, and
/// half orders when only every other turn strikes; mostly vertical.
void AddLooseness(Machine& machine, double severity_g, Random& random) {
  const double half = random.Uniform(0.2, 0.6);
  for (int k = 1; k <= 16; ++k) {
    const double order = 0.5 * k;
    double g = severity_g / (1 + 0.25 * order) * random.Uniform(0.5, 1.1);
    if (k % 2) g *= half;
    AddOrder(machine, order, {g * random.Uniform(0.3, 0.7), g, g * random.Uniform(0.1, 0.3)},
             random);
  }
}

/// Balls that roll over a defect of the outer race: an impulse at each ball pass, with some slip,
/// each ringing the housing's resonance down.
void AddBearingFault(Machine& machine, double severity_g, Random& random) {
  constexpr double kBalls = 9, kBallToPitch = 0.2;
  const double pass_hz = kBalls / 2 * (1 - kBallToPitch) * machine.speed_hz;
  const double resonance_hz = random.Uniform(480, 680), damping = random.Uniform(0.04, 0.09);
  const double angle = kTurn * resonance_hz / kSampleRateHz;
  const double decay = SmallExp(-damping * angle);
  const Phasor turn = Rotation(angle);
  const Phasor step{turn.re * decay, turn.im * decay};
  const Vector path{random.Uniform(0.5, 1), random.Uniform(0.7, 1), random.Uniform(0.15, 0.4)};
  const double period = kSampleRateHz / pass_hz;
  // It starts early enough for the rings of the impulses before the window.
  for (double at = -5 * period * random.Uniform(0.8, 1); at < kWindowSamples;
       at += period * (1 + 0.015 * random.Normal())) {
    const double g = severity_g * (0.7 + 0.3 * machine.load) * (1 + 0.15 * random.Normal());
    const double first = std::ceil(at);
    // The ring starts between two samples.
    Phasor ring = Rotation(angle * (first - at));
    for (double n = first; n < kWindowSamples; n += 1, ring = ring * step) {
      if (n < 0) continue;
      Vector& sample = machine.signal[static_cast<std::size_t>(n)];
      for (std::size_t axis = 0; axis < kAxes; ++axis) sample[axis] += g * path[axis] * ring.im;
    }
  }
}

/// What every motor has: residual imbalance and misalignment, magnetic hum at twice the mains
/// frequency, flow and gear noise that grows with the load.
void AddHealthy(Machine& machine, Random& random) {
  AddImbalance(machine, Spread(random, 0.02, 0.09), random);
  AddMisalignment(machine, Spread(random, 0.01, 0.05), random);
  const double hum = random.Uniform(0.005, 0.03);
  AddOrder(machine, 100 / machine.speed_hz, {hum, hum, hum * 0.3}, random);
  const double noise = random.Uniform(0.02, 0.05) * (1 + machine.load);
  // One pole: the structure passes low frequencies better.
  Vector colour{};
  for (Vector& sample : machine.signal) {
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      colour[axis] = 0.5 * colour[axis] + noise * random.Normal();
      sample[axis] += colour[axis];
    }
  }
}

/// The sensor: turned by how it is glued on, a gain and an offset per axis, noise, clipping.
Window Measure(const Signal& signal, Random& random) {
  const Phasor roll = Rotation(random.Uniform(-0.25, 0.25));
  const Phasor tilt = Rotation(random.Uniform(-0.12, 0.12));
  Vector gain, offset;
  for (double& g : gain) g = random.Uniform(0.92, 1.08);
  for (double& o : offset) o = random.Uniform(-0.03, 0.03);
  Window window;
  for (std::size_t n = 0; n < kWindowSamples; ++n) {
    const auto& [h, v, a] = signal[n];
    const double x = roll.re * h - roll.im * v, y = roll.im * h + roll.re * v;
    const Vector turned{x, tilt.re * y - tilt.im * a, tilt.im * y + tilt.re * a};
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      const double g = gain[axis] * turned[axis] + offset[axis] + 0.008 * random.Normal();
      window[n * kAxes + axis] = static_cast<float>(std::clamp(g, -kFullScaleG, kFullScaleG));
    }
  }
  return window;
}

}  // namespace

std::string_view Label(MotorState state) {
  switch (state) {
    case MotorState::kNormal:
      return "normal";
    case MotorState::kImbalance:
      return "imbalance";
    case MotorState::kMisalignment:
      return "misalignment";
    case MotorState::kBearingFault:
      return "bearing-fault";
    case MotorState::kLooseness:
      return "looseness";
  }
  return "";
}

Window Generate(MotorState state, Random& random) {
  Machine machine;
  machine.speed_hz = random.Uniform(22, 28);
  machine.load = random.Uniform(0, 1);
  AddHealthy(machine, random);
  switch (state) {
    case MotorState::kNormal:
      break;
    case MotorState::kImbalance:
      AddImbalance(machine, Spread(random, 0.2, 1.2), random);
      break;
    case MotorState::kMisalignment:
      AddMisalignment(machine, Spread(random, 0.12, 0.8), random);
      break;
    case MotorState::kBearingFault:
      AddBearingFault(machine, Spread(random, 0.2, 1.5), random);
      break;
    case MotorState::kLooseness:
      AddLooseness(machine, Spread(random, 0.1, 0.6), random);
      break;
  }
  return Measure(machine.signal, random);
}

QuantizedWindow Quantize(const Window& window, float scale, std::int32_t zero_point) {
  QuantizedWindow out;
  for (std::size_t i = 0; i < window.size(); ++i) {
    const float q = std::round(window[i] / scale) + static_cast<float>(zero_point);
    out[i] = static_cast<std::int8_t>(std::clamp(q, -128.0f, 127.0f));
  }
  return out;
}

}  // namespace tinyfog::demo
