#include "CDCMTK.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcostrmb.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <string>

struct cdcmtk_file {
  DcmFileFormat format;
};

namespace {

thread_local std::string said;

const char *reason(const OFCondition &condition) {
  if (condition.good()) return nullptr;
  said = condition.text();
  return said.c_str();
}

// What goes wrong is returned; nothing is printed.
void silence() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

DcmTagKey key(uint32_t tag) {
  return DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xffff));
}

// The VR is given and not looked up, so that DCMTK's dictionary file need not be there.
const char *put(cdcmtk_file *file, uint32_t tag, const char *vr,
                OFCondition (*fill)(DcmElement *, const void *, size_t), const void *value, size_t count) {
  DcmElement *made = nullptr;
  OFCondition status = DcmItem::newDicomElementWithVR(made, DcmTag(key(tag), DcmVR(vr)));
  std::unique_ptr<DcmElement> element(made);
  if (status.good()) status = fill(element.get(), value, count);
  if (status.good()) {
    // Group 2 is the meta header, all others the data set.
    DcmItem *item = tag >> 16 == 2 ? static_cast<DcmItem *>(file->format.getMetaInfo())
                                   : static_cast<DcmItem *>(file->format.getDataset());
    status = item->insert(element.get(), OFTrue);
    if (status.good()) element.release();
  }
  return reason(status);
}

}  // namespace

extern "C" {

cdcmtk_file *cdcmtk_new(void) {
  silence();
  return new (std::nothrow) cdcmtk_file;
}

cdcmtk_file *cdcmtk_read(const char *path) {
  silence();
  std::unique_ptr<cdcmtk_file> file(new (std::nothrow) cdcmtk_file);
  if (!file || file->format.loadFile(path).bad()) return nullptr;
  if (file->format.loadAllDataIntoMemory().bad()) return nullptr;
  return file.release();
}

void cdcmtk_free(cdcmtk_file *file) { delete file; }

const char *cdcmtk_put_text(cdcmtk_file *file, uint32_t tag, const char *vr, const char *value) {
  return put(
      file, tag, vr,
      [](DcmElement *element, const void *text, size_t) {
        return element->putString(static_cast<const char *>(text));
      },
      value, 0);
}

const char *cdcmtk_put_word(cdcmtk_file *file, uint32_t tag, uint16_t value) {
  return put(
      file, tag, "US",
      [](DcmElement *element, const void *word, size_t) {
        return element->putUint16(*static_cast<const Uint16 *>(word));
      },
      &value, 1);
}

const char *cdcmtk_put_pixels(cdcmtk_file *file, const uint16_t *values, size_t count) {
  // Lengths are of 32 bits in DICOM, and even.
  if (count > 0x7ffffffe) return reason(EC_ElemLengthExceeds32BitField);
  return put(
      file, 0x7fe00010, "OW",
      [](DcmElement *element, const void *words, size_t length) {
        return element->putUint16Array(
            static_cast<const Uint16 *>(words), static_cast<unsigned long>(length));
      },
      values, count);
}

const char *cdcmtk_encode(cdcmtk_file *file, uint8_t **bytes, size_t *count) {
  const E_TransferSyntax syntax = EXS_LittleEndianExplicit;
  *bytes = nullptr;
  *count = 0;
  // The meta header is made, and its lengths known, only when it is validated.
  OFCondition status = file->format.validateMetaInfo(syntax);
  if (status.bad()) return reason(status);
  size_t room = file->format.calcElementLength(syntax, EET_ExplicitLength) + size_t(4096);
  room += room % 2;
  std::unique_ptr<uint8_t, decltype(&std::free)> memory(
      static_cast<uint8_t *>(std::malloc(room)), &std::free);
  if (!memory) return reason(EC_MemoryExhausted);
  DcmOutputBufferStream stream(memory.get(), static_cast<offile_off_t>(room));
  file->format.transferInit();
  status = file->format.write(stream, syntax, EET_ExplicitLength, nullptr);
  file->format.transferEnd();
  if (status.bad()) return reason(status);
  void *start = nullptr;
  offile_off_t length = 0;
  stream.flushBuffer(start, length);
  *count = static_cast<size_t>(length);
  *bytes = memory.release();
  return nullptr;
}

const char *cdcmtk_text(cdcmtk_file *file, uint32_t tag) {
  DcmItem *item = tag >> 16 == 2 ? static_cast<DcmItem *>(file->format.getMetaInfo())
                                 : static_cast<DcmItem *>(file->format.getDataset());
  OFString text;
  if (item->findAndGetOFStringArray(key(tag), text).bad()) return nullptr;
  said.assign(text.c_str(), text.length());
  return said.c_str();
}

const uint16_t *cdcmtk_pixels(cdcmtk_file *file, size_t *count) {
  const Uint16 *values = nullptr;
  unsigned long length = 0;
  if (file->format.getDataset()->findAndGetUint16Array(DCM_PixelData, values, &length).bad())
    return nullptr;
  *count = length;
  return values;
}

}  // extern "C"
