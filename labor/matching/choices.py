from django.db.models import TextChoices


class RunState(TextChoices):
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"


class BlockKind(TextChoices):
    """Workers' blocks come first; when all are done, the postings' blocks merge what they found."""

    WORKERS = "workers", "劳动者"
    POSTINGS = "postings", "岗位"
