"""What stands in the way of a submission, all at once, so that nobody mends a form one error at a time."""

from jinba.core.errors import Refused


class Incomplete(Refused):
    """Refused for several reasons: `problems` maps each field to one sentence."""

    def __init__(self, problems: dict[str, str], *, lead: str = "还有几处要改") -> None:
        first = next(iter(problems.values()))
        message = first if len(problems) == 1 else f"{lead}（{len(problems)} 处）：{first}"
        super().__init__(message, field=next(iter(problems)) if len(problems) == 1 else None)
        self.problems = problems
