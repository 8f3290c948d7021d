#pragma once

#include "kernels/dsp_core.h"

extern "C" {
void tinyfog_dsp_widen(const std::int8_t* const* source, std::uint32_t bytes, std::uint32_t* words,
                       std::uint32_t rows, std::uint32_t pitch);
void tinyfog_dsp_widen_sliding(const std::int8_t* source, std::uint32_t channels,
                               std::uint32_t* words, std::uint32_t rows, std::uint32_t pitch);
void tinyfog_dsp_dot(const tinyfog::nn::DspDot* dot);
void tinyfog_dsp_load(const tinyfog::nn::DspRows* rows);
void tinyfog_dsp_strips1(const tinyfog::nn::DspStrips* strips);
void tinyfog_dsp_strips2(const tinyfog::nn::DspStrips* strips);
void tinyfog_dsp_rows(const tinyfog::nn::DspRowsDot* dot);
void tinyfog_dsp_add(const tinyfog::nn::DspAdd* add);
}

namespace tinyfog::nn::dsp {

/// The inner loops in assembly: add.S, depthwise.S, dot.S, fully_connected.S.
struct DspCore {
  static void Widen(const std::int8_t* const source[4], std::uint32_t bytes, std::uint32_t* words,
                    std::uint32_t rows, std::uint32_t pitch) {
    tinyfog_dsp_widen(source, bytes, words, rows, pitch);
  }
  static void WidenSliding(const std::int8_t* source, std::uint32_t channels, std::uint32_t* words,
                           std::uint32_t rows, std::uint32_t pitch) {
    tinyfog_dsp_widen_sliding(source, channels, words, rows, pitch);
  }
  static void Dot(const DspDot& dot) { tinyfog_dsp_dot(&dot); }
  static void Load(const DspRows& rows) { tinyfog_dsp_load(&rows); }
  static void Strips1(const DspStrips& strips) { tinyfog_dsp_strips1(&strips); }
  static void Strips2(const DspStrips& strips) { tinyfog_dsp_strips2(&strips); }
  static void Rows(const DspRowsDot& dot) { tinyfog_dsp_rows(&dot); }
  static void Add(const DspAdd& add) { tinyfog_dsp_add(&add); }
};

}  // namespace tinyfog::nn::dsp
