#include "node_parts.h"

// For measuring what a node takes beside its kernels.
namespace tinyfog::board {

nn::OperatorTable NodeOperators() { return {}; }

}  // namespace tinyfog::board
