"""A posting for search engines: schema.org JobPosting as the content of a script element."""

import json
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from employers.choices import EmploymentKind, PayUnit
from employers.models import JobPosting
from jinba.reference.choices import Education

# Nothing in the text may end the script element or open another.
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
EMPLOYMENT_TYPES = {
    EmploymentKind.FULL_TIME: "FULL_TIME",
    EmploymentKind.PART_TIME: "PART_TIME",
    EmploymentKind.DISPATCH: "CONTRACTOR",
    EmploymentKind.SEASONAL: "TEMPORARY",
    EmploymentKind.CASUAL: "PER_DIEM",
    EmploymentKind.INTERNSHIP: "INTERN",
}
UNITS = {PayUnit.MONTH: "MONTH", PayUnit.DAY: "DAY", PayUnit.HOUR: "HOUR"}
CREDENTIALS = {
    Education.SENIOR: "high school",
    Education.COLLEGE: "associate degree",
    Education.BACHELOR: "bachelor degree",
    Education.GRADUATE: "postgraduate degree",
}


def json_ld(posting: JobPosting, absolute: Callable[[str], str]) -> SafeString:
    """`absolute` turns a path into an address with the host."""
    text = json.dumps(_posting(posting, absolute), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPED))


def _posting(posting: JobPosting, absolute: Callable[[str], str]) -> dict[str, Any]:
    assert posting.valid_until is not None and posting.published_at is not None
    end = timezone.make_aware(datetime.combine(posting.valid_until, time(23, 59, 59)))
    data: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title,
        "description": _description(posting),
        "url": absolute(posting.get_absolute_url()),
        "identifier": {"@type": "PropertyValue", "name": "Jinba", "value": str(posting.pk)},
        "datePosted": timezone.localtime(posting.published_at).isoformat(timespec="seconds"),
        "validThrough": end.isoformat(timespec="seconds"),
        "employmentType": EMPLOYMENT_TYPES.get(EmploymentKind(posting.employment_kind), "OTHER"),
        "hiringOrganization": {
            "@type": "Organization",
            "name": posting.employer.name,
            "url": absolute(posting.employer.get_absolute_url()),
        },
        "jobLocation": {"@type": "Place", "address": _address(posting)},
        "directApply": not posting.is_repost,
    }
    if posting.base_pay_min:
        data["baseSalary"] = _salary(posting)
    if not posting.is_repost:
        data["totalJobOpenings"] = posting.seats_left
    if posting.benefits:
        data["jobBenefits"] = "、".join(posting.benefits)
    if posting.employer.industry:
        data["industry"] = posting.employer.industry
    if posting.years_min:
        data["experienceRequirements"] = {
            "@type": "OccupationalExperienceRequirements",
            "monthsOfExperience": posting.years_min * 12,
        }
    credential = CREDENTIALS.get(Education(posting.education_min))
    if credential:
        data["educationRequirements"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": credential,
        }
    return data


def _description(posting: JobPosting) -> str:
    """HTML, as schema.org's readers want it; all of it escaped."""
    parts = [part for part in (posting.duties, posting.requirements) if part.strip()]
    return linebreaks(escape("\n\n".join(parts) or posting.title))


def _address(posting: JobPosting) -> dict[str, str]:
    address = {"@type": "PostalAddress", "addressCountry": "CN"}
    if posting.region:
        province = posting.region.path.split("省")[0] + "省" if "省" in posting.region.path else ""
        address["addressLocality"] = posting.region.path.removeprefix(province)
        if province:
            address["addressRegion"] = province
    street = posting.address or (posting.zone.name if posting.zone else "")
    if street:
        address["streetAddress"] = street
    return address


def _salary(posting: JobPosting) -> dict[str, Any]:
    value: dict[str, Any] = {"@type": "QuantitativeValue", "unitText": UNITS[PayUnit(posting.pay_unit)]}
    if posting.base_pay_max and posting.base_pay_max != posting.base_pay_min:
        value |= {"minValue": posting.base_pay_min, "maxValue": posting.base_pay_max}
    else:
        value["value"] = posting.base_pay_min
    return {"@type": "MonetaryAmount", "currency": "CNY", "value": value}
