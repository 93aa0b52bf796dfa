from django.db.models import TextChoices


class Subject(TextChoices):
    """Whose data it is."""

    WORKER = "worker", "劳动者"
    USER = "user", "用户"
    EMPLOYER = "employer", "用人单位"
    REPORTER = "reporter", "举报人"


class Purpose(TextChoices):
    """Why somebody looks at personal data in clear."""

    CONTACT = "contact", "联系本人"
    CHECK = "check", "核对身份"
    COMPLAINT = "complaint", "处理投诉"
    MERGE = "merge", "处理重复资料"
    HIRING = "hiring", "招聘联系"
    ASSESS = "assess", "评定面试"
    EXPORT = "export", "导出"
    OTHER = "other", "其他"


class ExportState(TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"
    GONE = "gone", "文件已删除"
