#ifndef CHDF5_H
#define CHDF5_H

#include <hdf5.h>
#include <string.h>

// HDF5 spells its constants as macros with side effects ("open the library, then give the
// variable"), which Swift cannot import. Each function here is one such macro.

/// Stops HDF5 from printing its error stack; the setting belongs to the calling thread.
static inline void chdf5_silence_errors(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }

static inline hid_t chdf5_class_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_class_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_class_link_creation(void) { return H5P_LINK_CREATE; }

static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }

static inline hid_t chdf5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_file_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t chdf5_file_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t chdf5_file_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t chdf5_file_int32(void) { return H5T_STD_I32LE; }

static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }

/// Lets files be read from network file systems that offer no locks; older versions lack the call.
static inline herr_t chdf5_disable_file_locking(hid_t access) {
#if H5_VERSION_GE(1, 10, 7)
  return H5Pset_file_locking(access, 0, 1);
#else
  (void)access;
  return 0;
#endif
}

/// Whether the link `name` leads into another file.
static inline int chdf5_is_external_link(hid_t place, const char *name) {
  H5L_info_t info;
  return H5Lget_info(place, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_EXTERNAL;
}

/// Whether the values of a dataset lie in other files, as a whole or in part.
static inline int chdf5_has_values_elsewhere(hid_t dataset) {
  hid_t list = H5Dget_create_plist(dataset);
  int elsewhere = H5Pget_external_count(list) > 0 || H5Pget_layout(list) == H5D_VIRTUAL;
  H5Pclose(list);
  return elsewhere;
}

/// Whether two open objects lie in the same file: a soft link may pass through an external one.
static inline int chdf5_share_file(hid_t first, hid_t second) {
  char names[2][4096];
  ssize_t lengths[2] = {H5Fget_name(first, names[0], 4096), H5Fget_name(second, names[1], 4096)};
  return lengths[0] > 0 && lengths[0] < 4096 && lengths[0] == lengths[1] &&
         memcmp(names[0], names[1], (size_t)lengths[0]) == 0;
}

#endif
