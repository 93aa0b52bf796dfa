"""What workers agree to, word for word, one text for each purpose (个人信息保护法 §14, §17, §23, §29).

Pages show these texts and rows keep them. Whoever changes the words of one raises its version: what was agreed to
before stays as it was, and the new words are asked for the next time they are needed. A delegation is its own record,
with the words of `delegation_text`.
"""

import hashlib
from dataclasses import dataclass

from labor.workers.choices import ConsentPurpose


@dataclass(frozen=True)
class Text:
    version: int
    words: str  # `{recipient}`: who receives the data

    def to(self, recipient: str = "") -> str:
        return f"{self.words.replace('{recipient}', recipient)}（第 {self.version} 版）"


TEXTS: dict[str, Text] = {
    ConsentPurpose.REGISTER: Text(
        1,
        "我同意平台登记我的姓名、手机号、家在哪里和我说过的求职愿望，只用来帮我找工作：按我的情况推荐岗位、发消息和短信提醒我。"
        "推荐和短信都可以单独关掉。我报名以前，不把我的电话交给任何企业。",
    ),
    # His word for his age counts where no birth date is known (未成年人保护法 §61).
    ConsentPurpose.APPLY: Text(
        2, "我已年满 16 周岁。我同意把我的姓名、电话、简历提供给“{recipient}”，只用于这次招聘的联系和面试。"
    ),
    ConsentPurpose.RESIDENT_ID: Text(
        1,
        "身份证号是敏感个人信息。我单独同意平台保存我的身份证号，只用来核对是不是本人、防止重复登记、确认年满 16 周岁。"
        "号码加密存放，不给企业看；不填也能找工作。",
    ),
    ConsentPurpose.RECOMMEND: Text(1, "我同意平台用我说过的工种、地方、工资、住宿这些，算出适合我的岗位并写明理由。"),
    ConsentPurpose.TEXTS: Text(1, "我同意平台把报名进展、面试和录用通知用短信发到我的手机上。"),
}


def text_of(purpose: str, *, recipient: str = "") -> str:
    """What is agreed to now, with its version."""
    return TEXTS[ConsentPurpose(purpose)].to(recipient)


def version_of(purpose: str) -> int:
    return TEXTS[ConsentPurpose(purpose)].version


def digest(text: str) -> str:
    """By which a row proves which words it was given for."""
    return hashlib.sha256(text.encode()).hexdigest()
