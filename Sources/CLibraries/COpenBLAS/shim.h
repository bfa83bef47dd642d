// Debian's libopenblas-dev ships CBLAS and the Fortran LAPACK symbols but no lapacke.h:
// the prototypes that the project calls are declared here.
#include <cblas.h>

void cheevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, float *w,
             void *work, const int *lwork, float *rwork, const int *lrwork, int *iwork,
             const int *liwork, int *info);
void zheevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, double *w,
             void *work, const int *lwork, double *rwork, const int *lrwork, int *iwork,
             const int *liwork, int *info);
void chetrd_(const char *uplo, const int *n, void *a, const int *lda, float *d, float *e, void *tau,
             void *work, const int *lwork, int *info);
void dsterf_(const int *n, double *d, double *e, int *info);
void dstemr_(const char *jobz, const char *range, const int *n, double *d, double *e,
             const double *vl, const double *vu, const int *il, const int *iu, int *m, double *w,
             double *z, const int *ldz, const int *nzc, int *isuppz, int *tryrac, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
void cunmtr_(const char *side, const char *uplo, const char *trans, const int *m, const int *n,
             const void *a, const int *lda, const void *tau, void *c, const int *ldc, void *work,
             const int *lwork, int *info);
void zposv_(const char *uplo, const int *n, const int *nrhs, void *a, const int *lda, void *b,
            const int *ldb, int *info);
