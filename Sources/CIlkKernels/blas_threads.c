/* Makes every BLAS call run on its caller's thread, before there is a second thread: ilk's parallelism is its own.
 *
 * OpenBLAS must not be told so later: a call that is just running on several threads then gave an inverse that was off in
 * the second digit (0.3.21). */

extern void openblas_set_num_threads(int) __attribute__((weak));

__attribute__((constructor)) static void one_thread_per_caller(void) {
    if (openblas_set_num_threads) openblas_set_num_threads(1);
}
