#!/usr/bin/env python3
"""Makes log_mel.h, the reference vectors of log_mel_test: the definition in double precision with numpy's FFT."""
import sys

import numpy as np

CASES = {  # samples_per_s, frame, hop, fft, bands, lowest_hz, highest_hz
    "kSpeech": (16000, 480, 320, 512, 40, 20.0, 4000.0),
    "kSmall": (8000, 200, 100, 256, 10, 0.0, 4000.0),
    "kTiny": (1600, 16, 16, 16, 3, 50.0, 800.0),
}
FLOOR = 1e-6


def samples(count, seed):
    """Two tones and noise as int16; a linear congruential generator makes the noise."""
    x, noise = seed, []
    for _ in range(count):
        x = (x * 1664525 + 1013904223) % 2**32
        noise.append((x >> 16) / 65536 - 0.5)
    t = np.arange(count)
    wave = 9000 * np.sin(0.31 * t) + 4000 * np.sin(0.97 * t + 1) + 3000 * np.array(noise)
    return np.round(wave).astype(np.int16)


def log_mel(x, rate, frame, hop, fft, bands, low, high):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
    power = np.abs(np.fft.rfft(x / 32768 * window, fft)) ** 2
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    edges = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1) / (rate / fft)
    bins = np.arange(fft // 2)
    result = []
    for left, peak, right in zip(edges, edges[1:], edges[2:]):
        weight = np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak))
        result.append(np.log(np.sum(power[: fft // 2] * np.maximum(weight, 0)) + FLOOR))
    return result


def array(kind, name, values, form):
    lines, line = [], "   "
    for value in values:
        text = " " + form.format(value) + ","
        if len(line + text) > 98:
            lines.append(line)
            line = "   "
        line += text
    return f"inline constexpr {kind} {name}[] = {{\n" + "\n".join(lines + [line]) + "\n};\n"


def main():
    print("#pragma once\n\n#include <cstdint>\n\n// Made by make_log_mel.py; see PROVENANCE.\n"
          "namespace tinyfog::node::vectors {\n")
    for seed, (name, case) in enumerate(CASES.items(), 1):
        x = samples(case[1], seed)
        print(array("std::int16_t", name + "Samples", x, "{}"))
        print(array("float", name + "Bands", log_mel(x, *case), "{:.7f}f"))
    print("}  // namespace tinyfog::node::vectors")


if __name__ == "__main__":
    sys.exit(main())
