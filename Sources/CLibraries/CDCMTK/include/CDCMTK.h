#ifndef CDCMTK_H
#define CDCMTK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// DCMTK is C++, which Swift sees through these few functions. A tag is its group in the upper and its
// element in the lower sixteen bits; a VR is two letters. What can fail returns NULL on success and
// else the reason, valid until the calling thread's next call.

/// A DICOM file in memory.
typedef struct cdcmtk_file cdcmtk_file;

/// An empty file; NULL without memory.
cdcmtk_file *cdcmtk_new(void);

/// The file at `path`, pixels and all; NULL if it is none.
cdcmtk_file *cdcmtk_read(const char *path);

void cdcmtk_free(cdcmtk_file *file);

/// Sets an attribute of a VR whose values are texts; several values are divided by backslashes.
const char *cdcmtk_put_text(cdcmtk_file *file, uint32_t tag, const char *vr, const char *value);

/// Sets an attribute of the VR `US`.
const char *cdcmtk_put_word(cdcmtk_file *file, uint32_t tag, uint16_t value);

/// Sets the pixels, `count` numbers of sixteen bits.
const char *cdcmtk_put_pixels(cdcmtk_file *file, const uint16_t *values, size_t count);

/// The bytes of the file with its preamble, in Explicit VR Little Endian, to be released by `free`.
const char *cdcmtk_encode(cdcmtk_file *file, uint8_t **bytes, size_t *count);

/// An attribute's values as one text, valid until the calling thread's next call; NULL if it is missing.
const char *cdcmtk_text(cdcmtk_file *file, uint32_t tag);

/// The pixels, valid while the file is; NULL if there are none.
const uint16_t *cdcmtk_pixels(cdcmtk_file *file, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
