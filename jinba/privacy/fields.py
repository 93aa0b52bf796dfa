"""What personal data is called on pages, wherever it is asked for."""

PHONE, RESIDENT_ID, EMAIL = "phone", "resident_id", "email"
CONTACT_PHONE = "contact_phone"
REPORTER_CONTACT, REPORTER_TEXT = "reporter_contact", "reporter_text"
RECORDING = "recording"
LABELS = {
    PHONE: "手机号", RESIDENT_ID: "身份证号", EMAIL: "电子邮箱", CONTACT_PHONE: "联系电话",
    REPORTER_CONTACT: "举报人联系方式", REPORTER_TEXT: "举报说明", RECORDING: "面试录像",
}  # fmt: skip


def in_words(fields: list[str]) -> str:
    return "、".join(LABELS.get(name, name) for name in fields)
