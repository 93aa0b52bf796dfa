"""What a worker agrees to by applying. It names who receives the data (个人信息保护法 §23).

The page shows `consent_text` and the application keeps it word for word. Change the words and raise VERSION together.
"""

VERSION = 1
DATA = "您的姓名、电话、简历"


def consent_text(employer_name: str) -> str:
    return f"我同意把我的姓名、电话、简历提供给“{employer_name}”，只用于这次招聘的联系和面试。（第 {VERSION} 版）"
