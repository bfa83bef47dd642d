// Debian's libopenblas-dev ships CBLAS and the Fortran LAPACK symbols but no lapacke.h:
// the prototypes that the project calls are declared here.
#include <cblas.h>

void cheevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, float *w,
             void *work, const int *lwork, float *rwork, const int *lrwork, int *iwork,
             const int *liwork, int *info);
void zheevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, double *w,
             void *work, const int *lwork, double *rwork, const int *lrwork, int *iwork,
             const int *liwork, int *info);
