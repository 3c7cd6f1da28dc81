#include "ilk_markup.h"
