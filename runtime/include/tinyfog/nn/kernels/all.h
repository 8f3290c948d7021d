#pragma once

// The operators of every kernel header, for tables that are made by name.
#include "tinyfog/nn/kernels/convolution.h"
#include "tinyfog/nn/kernels/dsp.h"
#include "tinyfog/nn/kernels/elementwise.h"
#include "tinyfog/nn/kernels/fully_connected.h"
#include "tinyfog/nn/kernels/helium.h"
#include "tinyfog/nn/kernels/move.h"
#include "tinyfog/nn/kernels/pool.h"
#include "tinyfog/nn/kernels/recurrent.h"
#include "tinyfog/nn/kernels/reduce.h"
#include "tinyfog/nn/kernels/residual.h"
#include "tinyfog/nn/kernels/resize.h"
#include "tinyfog/nn/kernels/softmax.h"
#include "tinyfog/nn/kernels/stream.h"
#include "tinyfog/nn/kernels/unary.h"
