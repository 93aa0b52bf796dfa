"""What a wage comes to in a month, so that offers by the month, the day and the hour can be compared.

Shared by the posting form's actions and by the intake of foreign files.
"""

from decimal import ROUND_HALF_UP, Decimal

from employers.choices import PayUnit

# 人社部《关于职工全年月平均工作时间和工资折算问题的通知》: paid days a month; a full day is eight hours.
DAYS_A_MONTH = Decimal("21.75")
HOURS_A_DAY = Decimal(8)
HOURS_A_MONTH = DAYS_A_MONTH * HOURS_A_DAY

TIMES_A_MONTH = {
    PayUnit.MONTH: Decimal(1),
    PayUnit.DAY: DAYS_A_MONTH,
    PayUnit.HOUR: HOURS_A_MONTH,
}


def monthly(amount: Decimal | int | None, unit: str) -> int | None:
    """Whole yuan a month (half a yuan goes up) for `amount` yuan per `unit`; None stays None."""
    if amount is None:
        return None
    return int((Decimal(amount) * TIMES_A_MONTH[PayUnit(unit)]).quantize(Decimal(1), rounding=ROUND_HALF_UP))
