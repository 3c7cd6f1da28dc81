#pragma once
#include <cblas.h>

// OpenBLAS's own calls, which the distribution's generic cblas.h may not declare.
void openblas_set_num_threads(int count);
int openblas_get_num_threads(void);
char *openblas_get_config(void);
char *openblas_get_corename(void);
