#include "ilk_icu.h"
