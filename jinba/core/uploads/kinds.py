"""What a file is, by its first bytes; neither its name nor what the browser says of it counts."""

from jinba.core.errors import Refused

JPEG, PNG, WEBP, PDF = "JPEG", "PNG", "WEBP", "PDF"
PICTURES = (JPEG, PNG, WEBP)
HEAD_BYTES = 64

WANTED = "请上传 JPG、PNG 图片或者 PDF。"
HEIC = "这是苹果手机的 HEIC 照片，这里打不开。请在手机“设置—相机—格式”里选“兼容性最佳”再拍，或者把照片截屏后上传截图。"
OFFICE = "这是 Word、Excel 或压缩文件，不能上传。请打印后拍照，或者另存为 PDF 再上传。"
OTHER_PICTURE = f"这种图片格式这里打不开，{WANTED}"
WEB_PAGE = f"这是网页或矢量图，不是照片，{WANTED}"
PROGRAM = f"这是程序，不能上传，{WANTED}"
MEDIA = f"这是视频或声音，{WANTED}"
UNKNOWN = f"认不出这是什么文件，{WANTED}"
EMPTY = "这个文件是空的，请重新选一个。"

FTYP_PICTURES = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
REFUSED = (
    (b"PK\x03\x04", OFFICE),
    (b"PK\x05\x06", OFFICE),
    (b"\xd0\xcf\x11\xe0", OFFICE),
    (b"Rar!", OFFICE),
    (b"7z\xbc\xaf", OFFICE),
    (b"\x1f\x8b", OFFICE),
    (b"{\\rtf", OFFICE),
    (b"GIF8", OTHER_PICTURE),
    (b"BM", OTHER_PICTURE),
    (b"II*\x00", OTHER_PICTURE),
    (b"MM\x00*", OTHER_PICTURE),
    (b"8BPS", OTHER_PICTURE),
    (b"%!PS", OTHER_PICTURE),
    (b"\x00\x00\x01\x00", OTHER_PICTURE),
    (b"\x00\x00\x00\x0cjP", OTHER_PICTURE),
    (b"\xff\x4f\xff\x51", OTHER_PICTURE),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"#!", PROGRAM),
    (b"<?php", PROGRAM),
    (b"OggS", MEDIA),
    (b"ID3", MEDIA),
    (b"\x1aE\xdf\xa3", MEDIA),
)


def kind_of(head: bytes) -> str:
    """JPEG, PNG, WEBP or PDF; Refused with a sentence about what it is instead."""
    if not head:
        raise Refused(EMPTY)
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF":
        if head[8:12] == b"WEBP":
            return WEBP
        raise Refused(MEDIA)
    if head.startswith(b"%PDF-"):
        return PDF
    if head[4:8] == b"ftyp":
        raise Refused(HEIC if head[8:12] in FTYP_PICTURES else MEDIA)
    for mark, sentence in REFUSED:
        if head.startswith(mark):
            raise Refused(sentence)
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<"):
        raise Refused(WEB_PAGE)
    raise Refused(UNKNOWN)
