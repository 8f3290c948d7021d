#include "node_parts.h"
#include "tinyfog/nn/all_operators.h"

namespace tinyfog::board {

nn::OperatorTable NodeOperators() { return nn::AllOperators(); }

}  // namespace tinyfog::board
