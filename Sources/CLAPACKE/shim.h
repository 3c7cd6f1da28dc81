#pragma once
// Complex numbers are not used here, and C's own do not come through to Swift.
#include <lapacke.h>
