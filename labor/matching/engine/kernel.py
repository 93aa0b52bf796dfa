"""The compiled inner loops (numba). They know layouts and thresholds, and take every weight as an argument.

Exactness comes from one total order: ``key = score << 44 | lottery``, equal keys by lower id. A candidate is
thrown away only when its key is below the one that stands on the last place of a full list: every list is the true top.

The worker pass goes through one worker after another. His postings lie in a few contiguous runs, because the index is
sorted by family and trade; each run is scored in chunks by small loops over contiguous columns, which LLVM turns into
vector code, and only scores that may enter a list, the worker's or a posting's, are looked at one by one.

Nothing here reads a global that could change: compiled code is kept on disk and would not notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

from .columns import Array

Function = TypeVar("Function", bound=Callable[..., Any])
Number = Any
"""A scalar of the width that the caller gives; compiled code does not mix them with Python's."""

CHUNK = 256
BUFFER = 128
LOTTERY_SHIFT = 44
FACTOR_SHIFT = 20
NEVER = np.int32(-(1 << 20))
ZERO = np.int32(0)
NO_SCORE = np.int32(2**31 - 1)


def compiled(function: Function) -> Function:
    """``function`` compiled, without the interpreter's lock; kept on disk where one may write."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # a read-only checkout and no home: compile anew in each process
        return numba.njit(**options)(function)


@compiled
def _mix(value: Number) -> Number:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@compiled
def _salt(worker_id: Number, start: Number) -> Number:
    return _mix(np.uint64(worker_id) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start))


@compiled
def _key(score: Number, salt: Number, tie: Number) -> Number:
    value = _mix(np.uint64(salt) ^ np.uint64(tie))
    return (np.uint64(score) << np.uint64(LOTTERY_SHIFT)) | (value >> np.uint64(64 - LOTTERY_SHIFT))


@compiled
def _select(keys: Array, rows: Array, ids: Array, size: Number, wanted: Number) -> None:
    """Bring the ``wanted`` best of the first ``size`` to the front, in any order (Hoare's quickselect)."""
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        pivot, pivot_id = keys[middle], ids[rows[middle]]
        left, right = low, high
        while left <= right:
            while keys[left] > pivot or (keys[left] == pivot and ids[rows[left]] < pivot_id):
                left += 1
            while keys[right] < pivot or (keys[right] == pivot and ids[rows[right]] > pivot_id):
                right -= 1
            if left <= right:
                keys[left], keys[right] = keys[right], keys[left]
                rows[left], rows[right] = rows[right], rows[left]
                left += 1
                right -= 1
        if wanted - 1 <= right:
            high = right
        elif wanted - 1 >= left:
            low = left
        else:
            break


@compiled
def _sort(keys: Array, rows: Array, ids: Array, size: Number) -> None:
    """Best first (insertion sort: the lists are short)."""
    for end in range(1, size):
        key, row, place = keys[end], rows[end], end
        while place > 0 and (keys[place - 1] < key or (keys[place - 1] == key and ids[rows[place - 1]] > ids[row])):
            keys[place], rows[place] = keys[place - 1], rows[place - 1]
            place -= 1
        keys[place], rows[place] = key, row


@compiled
def _least(keys: Array, size: Number) -> Number:
    least = keys[0]
    for at in range(1, size):
        if keys[at] < least:
            least = keys[at]
    return least


@compiled
def _worth_to_worker(
    out: Array, points: Number, place_points: Array, place: Array, offer_points: Array, offer: Array
) -> None:
    start = np.int32(points)
    for at in range(out.shape[0]):
        out[at] = np.int32(np.int32(start + place_points[place[at]]) + offer_points[offer[at]])


@compiled
def _pay(out: Array, pay_min: Array, pay_max: Array, least: Number, pay: Array) -> None:
    base, floor_cap, floor_factor, top_cap, top_factor = pay[0], pay[1], pay[2], pay[3], pay[4]
    minimum = np.int32(least)
    base = max(minimum, base)
    for at in range(out.shape[0]):
        floor = min(max(np.int32(pay_min[at] - base), ZERO), floor_cap)
        top = min(max(np.int32(pay_max[at] - base), ZERO), top_cap)
        floor_points = np.int32(np.int32(floor * floor_factor) >> np.int32(FACTOR_SHIFT))
        top_points = np.int32(np.int32(top * top_factor) >> np.int32(FACTOR_SHIFT))
        gain = np.int32(floor_points + top_points)
        out[at] = np.int32(out[at] + (gain if pay_max[at] >= minimum else NEVER))


@compiled
def _worth_to_employer(
    out: Array, profile_points: Array, profile: Array, base: Array, cover: Array, factor: Array
) -> None:
    for at in range(out.shape[0]):
        skill = np.int32(np.int32(np.int32(cover[at]) * factor[at]) >> np.int32(FACTOR_SHIFT))
        out[at] = np.int32(np.int32(profile_points[profile[at]] + base[at]) + skill)


@compiled
def _musts(
    out: Array, latest: Array, low: Array, high: Array, available: Number, lacks_low: Number, lacks_high: Number
) -> None:
    day, lack_low, lack_high = np.int32(available), np.uint32(lacks_low), np.uint32(lacks_high)
    for at in range(out.shape[0]):
        missing = np.uint32(np.uint32(low[at] & lack_low) | np.uint32(high[at] & lack_high))
        out[at] = NEVER if (latest[at] < day) | (missing != np.uint32(0)) else out[at]


@compiled
def _product(out: Array, other: Array) -> Number:
    feasible = np.int32(0)
    for at in range(out.shape[0]):
        score = np.int32(max(out[at], ZERO) * max(other[at], ZERO))
        out[at] = score
        feasible = np.int32(feasible + np.int32(score > ZERO))
    return feasible


@compiled
def _mark_hits(out: Array, scores: Array, mark: Number, marks: Array) -> None:
    own = np.int32(mark)
    for at in range(out.shape[0]):
        out[at] = np.uint8(scores[at] >= min(own, marks[at]))


@compiled
def _cover(
    cover: Array, low: Number, high: Number, skills: Array, levels: Array, starts: Array, positions: Array, asked: Array
) -> None:
    """cover[p] = sum over the worker's skills of min(level, asked level), for the positions low … high - 1."""
    cover[low:high] = 0
    for slot in range(skills.shape[0]):
        skill = skills[slot]
        if skill < 0:
            continue
        left, right = starts[skill], starts[skill + 1]
        end = right
        while left < right:
            middle = (left + right) // 2
            if positions[middle] < low:
                left = middle + 1
            else:
                right = middle
        while left < end and positions[left] < high:
            cover[positions[left]] += min(levels[slot], asked[left])
            left += 1


@compiled
def _runs(
    trades: Array,
    families: Array,
    is_open: Number,
    trade_starts: Array,
    family_starts: Array,
    relation: Array,
    ranges: Array,
    runs: Array,
) -> tuple[int, int]:
    """Fill ``ranges`` (index positions that matter) and ``runs`` (low, high, relation), the closest relation first.

    trades, families: numbers of the worker's wishes in the index, -1 where the index has none of them.
    relation: one per trade, 0-2 exact wish, 3 family, 4 open, -1 none; all -1 on entry, and left so.
    """
    count = trade_starts.shape[0] - 1
    found = 0
    if is_open:
        ranges[0, 0], ranges[0, 1] = 0, count
        found = 1
        relation[:] = 4
    for slot in range(3):
        family = families[slot]
        if family >= 0:
            low, high = family_starts[family], family_starts[family + 1]
            if relation[low] != 3:
                if relation[low] < 0:
                    ranges[found, 0], ranges[found, 1] = low, high
                    found += 1
                relation[low:high] = 3
    for slot in range(2, -1, -1):
        trade = trades[slot]
        if trade >= 0:
            if relation[trade] < 0:
                ranges[found, 0], ranges[found, 1] = trade, trade + 1
                found += 1
            relation[trade] = slot
    size = 0
    for wave in range(5):
        for part in range(found):
            trade = ranges[part, 0]
            while trade < ranges[part, 1]:
                if relation[trade] != wave:
                    trade += 1
                    continue
                first = trade
                while trade < ranges[part, 1] and relation[trade] == wave:
                    trade += 1
                runs[size, 0], runs[size, 1] = trade_starts[first], trade_starts[trade]
                runs[size, 2] = wave
                size += 1
    for part in range(found):
        relation[ranges[part, 0] : ranges[part, 1]] = -1
        ranges[part, 0], ranges[part, 1] = trade_starts[ranges[part, 0]], trade_starts[ranges[part, 1]]
    return found, size


@compiled
def worker_pass(
    # workers
    worker_ids: Array,
    salts: Array,
    trades: Array,
    families: Array,
    is_open: Array,
    places: Array,
    min_pay: Array,
    needs: Array,
    profiles: Array,
    lacks: Array,
    skills: Array,
    levels: Array,
    available: Array,
    may_work: Array,
    # index of postings
    posting_ids: Array,
    ties: Array,
    trade_starts: Array,
    family_starts: Array,
    place: Array,
    offer: Array,
    profile: Array,
    pay_min: Array,
    pay_max: Array,
    latest: Array,
    low: Array,
    high: Array,
    factor: Array,
    base: Array,
    skill_starts: Array,
    skill_positions: Array,
    skill_asked: Array,
    # rules
    offer_table: Array,
    profile_table: Array,
    place_table: Array,
    pay: Array,
    trade_points: Array,
    # lists
    per_worker: Number,
    per_posting: Number,
    floors: Array,
    out_positions: Array,
    out_keys: Array,
    out_feasible: Array,
) -> tuple[Array, Array, Array]:
    """Exact best postings of each worker and, in the same pass, the block's best workers of each posting.

    Fills out_positions (n, per_worker; -1 where the list ends), out_keys and out_feasible (n). Returns the postings'
    lists as (counts, keys, worker rows), each posting's best first. per_posting 0 leaves them out. ``floors``: a key
    below which a posting wants nobody, 0 for none.
    """
    postings = posting_ids.shape[0]
    both = per_posting > 0
    capacity = 2 * per_posting
    counts = np.zeros(postings, np.int32)
    bids = np.empty((postings if both else 0, capacity), np.uint64)
    bidders = np.empty((postings if both else 0, capacity), np.int32)
    bars = floors.copy()
    marks = np.empty(postings, np.int32)
    for at in range(postings):
        marks[at] = max(np.int32(1), np.int32(bars[at] >> np.uint64(LOTTERY_SHIFT))) if both else NO_SCORE

    own_keys = np.empty(per_worker + BUFFER, np.uint64)
    own_rows = np.empty(per_worker + BUFFER, np.int32)
    first, second = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int32)
    hits = np.zeros(CHUNK, np.uint8)
    eights = hits.view(np.uint64)
    place_points = np.empty(places.shape[1], np.int32)
    cover = np.zeros(postings, np.uint8)
    trade_count = trade_starts.shape[0] - 1
    relation = np.full(trade_count, -1, np.int32)
    ranges = np.empty((8, 2), np.int64)
    runs = np.empty((2 * trade_count + 8, 3), np.int64)

    for worker in range(worker_ids.shape[0]):
        size = 0
        feasible = 0
        bar, mark = np.uint64(0), np.int32(1)
        parts, steps = 0, 0
        if may_work[worker]:
            parts, steps = _runs(
                trades[worker],
                families[worker],
                is_open[worker],
                trade_starts,
                family_starts,
                relation,
                ranges,
                runs,
            )
            for at in range(place_points.shape[0]):
                place_points[at] = place_table[places[worker, at]]
        for part in range(parts):
            _cover(
                cover,
                ranges[part, 0],
                ranges[part, 1],
                skills[worker],
                levels[worker],
                skill_starts,
                skill_positions,
                skill_asked,
            )
        salt = salts[worker]
        offer_points = offer_table[needs[worker]]
        profile_points = profile_table[profiles[worker]]
        for step in range(steps):
            start, stop, trade_worth = runs[step, 0], runs[step, 1], trade_points[runs[step, 2]]
            while start < stop:
                end = min(start + CHUNK, stop)
                length = end - start
                scores, other = first[:length], second[:length]
                _worth_to_worker(scores, trade_worth, place_points, place[start:end], offer_points, offer[start:end])
                _pay(scores, pay_min[start:end], pay_max[start:end], min_pay[worker], pay)
                _worth_to_employer(
                    other, profile_points, profile[start:end], base[start:end], cover[start:end], factor[start:end]
                )
                _musts(
                    other,
                    latest[start:end],
                    low[start:end],
                    high[start:end],
                    available[worker],
                    lacks[worker, 0],
                    lacks[worker, 1],
                )
                feasible += _product(scores, other)
                _mark_hits(hits[:length], scores, mark, marks[start:end])
                words = (length + 7) // 8
                hits[length : 8 * words] = 0
                for word in range(words):
                    if eights[word] == 0:
                        continue
                    for at in range(8 * word, 8 * word + 8):
                        if hits[at] == 0:
                            continue
                        score, position = scores[at], start + at
                        key = _key(score, salt, ties[position])
                        if key >= bar and score >= mark:
                            own_keys[size], own_rows[size] = key, position
                            size += 1
                            if size == own_keys.shape[0]:
                                _select(own_keys, own_rows, posting_ids, size, per_worker)
                                size = per_worker
                                bar = _least(own_keys, size)
                                mark = np.int32(bar >> np.uint64(LOTTERY_SHIFT))
                        if score >= marks[position] and key >= bars[position]:
                            count = counts[position]
                            bids[position, count], bidders[position, count] = key, worker
                            count += 1
                            if count == capacity:
                                _select(bids[position], bidders[position], worker_ids, count, per_posting)
                                count = per_posting
                                bars[position] = _least(bids[position], count)
                                marks[position] = np.int32(bars[position] >> np.uint64(LOTTERY_SHIFT))
                            counts[position] = count
                start = end
        if size > per_worker:
            _select(own_keys, own_rows, posting_ids, size, per_worker)
            size = per_worker
        _sort(own_keys, own_rows, posting_ids, size)
        for at in range(size):
            out_positions[worker, at], out_keys[worker, at] = own_rows[at], own_keys[at]
        for at in range(size, per_worker):
            out_positions[worker, at], out_keys[worker, at] = -1, 0
        out_feasible[worker] = feasible

    for at in range(postings if both else 0):
        if counts[at] > per_posting:
            _select(bids[at], bidders[at], worker_ids, counts[at], per_posting)
            counts[at] = per_posting
        _sort(bids[at], bidders[at], worker_ids, counts[at])
    return counts, bids, bidders


@compiled
def flatten(counts: Array, keys: Array, rows: Array, ids: Array, order: Array) -> tuple[Array, Array, Array]:
    """Lists of fixed room, in the order of ``order``, as (starts, keys, ids of the rows) without gaps."""
    starts = np.zeros(counts.shape[0] + 1, np.int64)
    for at in range(counts.shape[0]):
        starts[at + 1] = starts[at] + counts[order[at]]
    flat_keys = np.empty(starts[-1], np.uint64)
    flat_ids = np.empty(starts[-1], np.int64)
    for at in range(counts.shape[0]):
        source, target = order[at], starts[at]
        for step in range(counts[source]):
            flat_keys[target + step] = keys[source, step]
            flat_ids[target + step] = ids[rows[source, step]]
    return starts, flat_keys, flat_ids


@compiled
def merge_lists(
    starts: Array, keys: Array, ids: Array, other_starts: Array, other_keys: Array, other_ids: Array, limit: Number
) -> tuple[Array, Array, Array]:
    """The best ``limit`` of both, list by list; a pair that stands in both is kept once."""
    lists = starts.shape[0] - 1
    out_starts = np.zeros(lists + 1, np.int64)
    room = keys.shape[0] + other_keys.shape[0]
    out_keys, out_ids = np.empty(room, np.uint64), np.empty(room, np.int64)
    size = 0
    for at in range(lists):
        left, right = starts[at], other_starts[at]
        left_end, right_end = starts[at + 1], other_starts[at + 1]
        stop = size + limit
        while size < stop and (left < left_end or right < right_end):
            if right == right_end:
                take_left = True
            elif left == left_end:
                take_left = False
            elif keys[left] != other_keys[right]:
                take_left = keys[left] > other_keys[right]
            else:
                take_left = ids[left] <= other_ids[right]
                if ids[left] == other_ids[right]:
                    right += 1
            if take_left:
                out_keys[size], out_ids[size] = keys[left], ids[left]
                left += 1
            else:
                out_keys[size], out_ids[size] = other_keys[right], other_ids[right]
                right += 1
            size += 1
        out_starts[at + 1] = size
    return out_starts, out_keys[:size].copy(), out_ids[:size].copy()


@compiled
def posting_pass(
    worker_ids: Array,
    salt_start: Number,
    trades: Array,
    families: Array,
    is_open: Array,
    places: Array,
    min_pay: Array,
    housing: Array,
    couple: Array,
    meals: Array,
    shifts: Array,
    education: Array,
    years: Array,
    certificates: Array,
    skills: Array,
    levels: Array,
    available: Array,
    age: Array,
    posting_tie: Number,
    trade: Number,
    family: Number,
    place: Number,
    offer: Number,
    profile: Number,
    pay_min: Number,
    pay_max: Number,
    latest: Number,
    required: Number,
    asked_skills: Array,
    asked_levels: Array,
    factor: Number,
    base: Number,
    offer_table: Array,
    profile_table: Array,
    place_table: Array,
    pay: Array,
    trade_points: Array,
    working_age: Number,
    night_age: Number,
    wanted: Number,
    out_rows: Array,
    out_keys: Array,
) -> tuple[int, int]:
    """Exact best workers of one posting, pair by pair, cheapest rules first. Returns (list length, feasible)."""
    keys, rows = np.empty(2 * wanted, np.uint64), np.empty(2 * wanted, np.int32)
    size, feasible, bar = 0, 0, np.uint64(0)
    for worker in range(worker_ids.shape[0]):
        worth = place_table[places[worker, place]]
        if worth < 0 or pay_max < min_pay[worker] or latest < available[worker] or age[worker] < working_age:
            continue
        relation = -1
        if is_open[worker] or (trades[worker, 0] | trades[worker, 1] | trades[worker, 2]) == 0:
            relation = trade_points[4]
        for slot in range(3):
            if families[worker, slot] == family and trade_points[3] > relation:
                relation = trade_points[3]
        for slot in range(3):
            if trades[worker, slot] == trade and trade_points[slot] > relation:
                relation = trade_points[slot]
        if relation < 0 or required & ~certificates[worker]:
            continue
        # The codes of tables.need_codes and tables.profile_codes.
        need = (np.int64(housing[worker]) * 3 + couple[worker]) * 2 + meals[worker]
        need = (need * 32 + shifts[worker]) * 2 + (age[worker] < night_age)
        living = offer_table[need, offer]
        value = profile_table[np.int64(education[worker]) * 41 + years[worker], profile]
        if living < 0 or value < 0:
            continue
        start = max(pay[0], min_pay[worker])
        worth += relation + living
        worth += (min(max(pay_min - start, 0), pay[1]) * pay[2]) >> FACTOR_SHIFT
        worth += (min(max(pay_max - start, 0), pay[3]) * pay[4]) >> FACTOR_SHIFT
        cover = 0
        for asked in range(asked_skills.shape[0]):
            if asked_skills[asked] == 0:
                continue
            for own in range(skills.shape[1]):
                if skills[worker, own] == asked_skills[asked]:
                    cover += min(levels[worker, own], asked_levels[asked])
        value += base + ((cover * factor) >> FACTOR_SHIFT)
        feasible += 1
        key = _key(worth * value, _salt(worker_ids[worker], salt_start), posting_tie)
        if key >= bar:
            keys[size], rows[size] = key, worker
            size += 1
            if size == 2 * wanted:
                _select(keys, rows, worker_ids, size, wanted)
                size = wanted
                bar = _least(keys, size)
    if size > wanted:
        _select(keys, rows, worker_ids, size, wanted)
        size = wanted
    _sort(keys, rows, worker_ids, size)
    out_rows[:size], out_keys[:size] = rows[:size], keys[:size]
    return size, feasible
