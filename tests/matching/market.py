"""A large synthetic market straight into the tables, the same for each seed; nothing in it is anybody's data."""

from django.db import connection

from jinba.reference.models import Trade, TradeFamily
from tests.factories.employers import EmployerFactory
from tests.factories.reference import both_cities

COUNTIES = "ARRAY['330702','330703','330723','330781','330782','330783','330784','511902','511921']::varchar[]"
TRADES = 60

POSTINGS = f"""
INSERT INTO employers_jobposting (
  created_at, updated_at, employer_id, title, engagement, trade_id, employment_kind, headcount, filled,
  probation_months, duties, requirements, education_min, years_min, certificates, region_id, address, pay_mode,
  pay_unit, base_pay_min, monthly_min, monthly_max, piece_rate_note, overtime_rule, shift, has_nights, hours_per_day,
  rest_rule, hazards, safety_note, social_insurance, insurance_from_month, meals, housing, couple_rooms, has_air_con,
  has_hot_water, travel, benefits, interview_mode, valid_until, source_name, source_url, state, state_reason,
  published_at, search_version)
SELECT now(), now(), %(employer)s, 'posting ' || n, 'regular',
  9001 + (random() * {TRADES - 1})::int, 'full_time', 10, 0,
  0, '', '', (ARRAY[0,0,0,2,3])[1 + (random() * 4)::int], (random() * 3)::int, '{{}}',
  ({COUNTIES})[1 + (random() * 8)::int], '', 'monthly', 'month', pay, pay, pay + 2000, '', '',
  (ARRAY['day','day','two','three','flexible'])[1 + (random() * 4)::int], random() < 0.3, 8, 'one_day', '{{}}', '',
  'full', 1, (ARRAY['all','work','none'])[1 + (random() * 2)::int],
  (ARRAY['free','paid','none'])[1 + (random() * 2)::int],
  random() < 0.3, false, false, 'none', '{{}}', 'video', current_date + 40, '', '', 'published', '', now(), 0
FROM (SELECT n, 3500 + (random() * 50)::int * 100 AS pay FROM generate_series(1, %(number)s) n) numbers
"""

WORKERS = f"""
INSERT INTO workers_worker (
  created_at, updated_at, name, phone_index, home_id, village, education, years, trades, is_open_to_any, places,
  refused_places, min_pay, housing_need, couple_room_need, wants_meals, shifts, certificates, return_wish, job_status,
  is_personalised, registered_via, is_active)
SELECT now(), now(), '某某', '', '511921', '', (random() * 6)::int, (random() * 20)::int,
  ARRAY[9001 + (random() * {TRADES - 1})::int, 9001 + (random() * {TRADES - 1})::int], random() < 0.25,
  ARRAY[({COUNTIES})[1 + (random() * 8)::int]], '{{}}', 3000 + (random() * 40)::int * 100, (random() * 2)::int,
  (random() * 1.2)::int, random() < 0.3, '{{}}', '{{}}', '', 'looking', true, 'demo', true
FROM generate_series(1, %(number)s) n
"""


def make_market(*, workers: int, postings: int, seed: float = 0.42) -> None:
    """Fill the tables by two statements (100,000 workers take a few seconds)."""
    both_cities()
    family, _ = TradeFamily.objects.get_or_create(pk=1, defaults={"name": "工厂普工"})
    trades = [Trade(code=9001 + number, name=f"工种{number}", family=family) for number in range(TRADES)]
    Trade.objects.bulk_create(trades, ignore_conflicts=True)
    employer = EmployerFactory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
        cursor.execute(POSTINGS, {"employer": employer.pk, "number": postings})
        cursor.execute(WORKERS, {"number": workers})
        cursor.execute("ANALYZE workers_worker, employers_jobposting")
