"""A printed poster is one sheet of paper, with the code on it."""

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext

from employers.models import Employer
from jinba.links.actions import make
from jinba.links.choices import Channel
from tests.factories.employers import EmployerFactory, JobPostingFactory

pytestmark = pytest.mark.browser
LONG = "浙江永康市晨光精密五金工具制造股份有限公司第二分公司"


def open_postings() -> Employer:
    employer = EmployerFactory(name=LONG)
    for number in range(9):
        JobPostingFactory(employer=employer, title=f"数控车床操作工兼冲压工（可带徒弟，夫妻优先安排）{number}")
    return employer


def test_each_poster_is_one_sheet(desk: BrowserContext) -> None:
    employer = open_postings()
    page = desk.new_page()
    for path in (employer.postings.first().get_absolute_url(), employer.get_absolute_url(), "/postings/"):
        link = make(path=path, channel=Channel.VILLAGE, label="诺江镇王家村村口小卖部旁边的公告栏", by=None)
        page.goto(f"/posters/{link.code}/")
        assert page.locator("svg.qr").is_visible()
        with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True)) as sheets:
            assert len(sheets) == 1, path
            assert f"/s/{link.code}" in sheets[0].get_textpage().get_text_range()
