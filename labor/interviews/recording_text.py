"""What everybody in the room agrees to before an interview is recorded (个人信息保护法 §14, §17, §23, §29).

Pages show it and rows keep it. Whoever changes the words raises the version: what was agreed to before stays.
"""

from django.conf import settings

from labor.interviews.models import Interview

VERSION = 1
WORDS = (
    "我单独同意录下这次面试里我的画面和声音，交给“{recipient}”，只用来评定“{posting}”这次应聘。"
    "看录像的只有这家单位的人和服务专区的工作人员，要先写原因，每次都记下来，我能查到。"
    "录像加密保存，{days} 天后删除；我随时可以说停，也可以马上要求删除。不同意，面试照常，对结果没有影响。"
)
LONGEST = 300  # characters of the column


def text_for(interview: Interview) -> str:
    """The words of this interview, with their version."""
    posting = interview.application.posting
    ends = f"（第 {VERSION} 版）"
    days = settings.INTERVIEW_RECORDING_DAYS
    title = posting.title[:40]
    words = WORDS.format(recipient=posting.employer.name[:60], posting=title, days=days)
    return words[: LONGEST - len(ends)] + ends
