#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// Every operator there is: for hosts. Nodes name theirs (Operators<...>).
OperatorTable AllOperators();

}  // namespace tinyfog::nn
