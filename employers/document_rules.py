"""Which papers an employer has to show, and what is wrong with those it has shown (人力资源市场暂行条例 §26)."""

from employers.choices import DocumentKind, DocumentState, OrgType
from employers.models import Employer, EmployerDocument

K = DocumentKind
ALWAYS = (K.LICENCE, K.LETTER, K.AGENT_ID, K.PROXY)
# Whose last day the officer compares; one without a date lasts (长期).
HAS_END = frozenset({K.LICENCE, K.AGENT_ID, K.PROXY, K.PERMIT})
EXPLAINED = {
    K.LICENCE: "拍营业执照正本或副本，四个角都要拍到，字要看得清。电子营业执照可以传 PDF。",
    K.LETTER: "单位盖章的招聘简章：招什么人、多少人、在哪里、做什么、给多少工资。",
    K.AGENT_ID: "来办事的人的身份证，正反面拍在一张图上，或者放在一个 PDF 里。",
    K.PROXY: "单位盖章的委托书，写明委托谁来办招聘。负责人自己办的，写“本人办理”并盖章。",
    K.PERMIT: "人力资源服务机构要传许可证，服务范围和有效期要看得清。",
}


def required_kinds(employer: Employer) -> tuple[DocumentKind, ...]:
    return (*ALWAYS, K.PERMIT) if employer.org_type == OrgType.AGENCY else ALWAYS


def current_papers(employer: Employer) -> dict[DocumentKind, EmployerDocument | None]:
    """The current paper of each kind that the employer has to show, in the order in which it is asked for."""
    current = {paper.kind: paper for paper in employer.documents.current()}
    return {kind: current.get(kind) for kind in required_kinds(employer)}


def unsent(employer: Employer) -> dict[str, str]:
    """A sentence for each paper that has to be sent, or sent again, before the employer can be handed in."""
    found = {}
    for kind, paper in current_papers(employer).items():
        if paper is None:
            found[f"document_{kind}"] = f"请上传{kind.label}。"
        elif paper.state in (DocumentState.RETURNED, DocumentState.REJECTED):
            found[f"document_{kind}"] = f"{kind.label}被退回了（{paper.reason}），请重新上传。"
        elif not paper.is_in_force:
            found[f"document_{kind}"] = f"{kind.label}过期了，请上传新的。"
    return found


def not_good(employer: Employer) -> dict[str, str]:
    """A sentence for each paper that is not there, was not approved, or has run out."""
    found = {}
    for kind, paper in current_papers(employer).items():
        if paper is None:
            found[f"document_{kind}"] = f"还没有上传{kind.label}。"
        elif not paper.is_good:
            is_late = paper.state == DocumentState.APPROVED
            found[f"document_{kind}"] = f"{kind.label}{'过期了' if is_late else paper.get_state_display()}。"
    return found
