import logging
import logging.config

import pytest
from django.conf import settings

from jinba.core.masking import masked_text


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("打 13812345678 找我", "打 138****5678 找我"),
        ("+8613812345678", "+86138****5678"),
        ("008613812345678", "0086138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("511902199001011234", "5119**********1234"),
        ("订单 2138123456789", "订单 2138123456789"),
    ],
)
def test_a_number_is_masked_however_it_is_written(said: str, masked: str) -> None:
    assert masked_text(said) == masked


def test_no_line_of_the_log_carries_a_number_nor_does_a_traceback() -> None:
    handler = settings.LOGGING["formatters"]["line"]
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(dict(handler))
    try:
        raise ValueError("not delivered to 13812345678")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "to %s", ("13912345678",), (ValueError, error, None))
    line = formatter.format(record)
    assert "138****5678" in line and "139****5678" in line
    assert "12345678" not in line
