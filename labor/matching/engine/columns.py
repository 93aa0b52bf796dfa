"""Workers and postings as columns: contiguous NumPy arrays, checked once, packed to bytes and back.

The arrays are the engine's only input. They hold nothing by which people may not be chosen; a test reads their names.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt

from . import rules

Array = npt.NDArray[Any]
Row = TypeVar("Row", "WorkerRow", "PostingRow")
FORMAT_VERSION = 1
_HEADER = struct.Struct("<4sHHQ16s")


class Corrupted(ValueError):
    """Bytes that were not written by ``to_bytes`` of this version, or were damaged since."""


class WorkerRow(NamedTuple):
    """One worker in plain Python values.

    id             0 … 2**63-1, stable: the lottery is drawn from it
    trades         up to 3 wished trade codes (1 … 65535), the first wish first; none means open to any
    families       the family code (1 … 65535) of each wished trade
    is_open        would also do any other trade
    places         place index (0 … 63) -> 0 refused, 1 acceptable, 2 listed, 3 first choice (a mapping, or 64 values)
    place_default  acceptance of the places that the mapping leaves out
    min_pay        yuan a month, 0 … 1,000,000; 0 = not stated
    housing        a bed: 0 does not matter, 1 wants, 2 must have
    couple         a couple's room: 0 does not matter, 1 wants, 2 must have
    meals          1 = wants meals
    shifts         bit mask of tolerated shifts: 1 day, 2 two-shift, 4 three-shift, 8 rotating, 16 flexible
    education      0 unknown, 1 primary, 2 junior middle, 3 senior or vocational, 4 college, 5 bachelor, 6 above
    years          of experience, 0 … 40
    certificates   64-bit mask
    skills         up to 8 pairs (code 1 … 65535, level 1 … 3), no code twice
    available      the day from which the worker can start, in days since 1970-01-01, 0 … 100,000
    age            in years, 0 … 120; only for the statutory rules
    """

    id: int
    trades: Sequence[int] = ()
    families: Sequence[int] = ()
    is_open: int = 0
    places: Mapping[int, int] | Sequence[int] = {}
    place_default: int = rules.PLACE_REFUSED
    min_pay: int = 0
    housing: int = rules.NEED_NONE
    couple: int = rules.NEED_NONE
    meals: int = 0
    shifts: int = rules.ALL_SHIFTS
    education: int = 0
    years: int = 0
    certificates: int = 0
    skills: Sequence[tuple[int, int]] = ()
    available: int = 0
    age: int = 30


class PostingRow(NamedTuple):
    """One posting in plain Python values.

    id             0 … 2**63-1, stable
    trade, family  codes 1 … 65535; a trade belongs to one family
    place          place index 0 … 63
    pay_min, pay_max   yuan a month, 0 … 1,000,000, pay_min <= pay_max
    shift          0 day, 1 two-shift, 2 three-shift, 3 rotating, 4 flexible
    night          1 = includes nights (three-shift always does)
    housing        a bed: 0 none, 1 charged, 2 free; a mere allowance is none
    couple_rooms   1 = has couples' rooms
    meals          0 none, 1 some or an allowance, 2 all
    latest_start   the last day on which one can begin; 100,000 = no last day
    education      the least that is a must (see WorkerRow), 0 = no must
    years          of experience asked, 0 … 40; not a must
    certificates   64-bit mask of those that are a must
    skills         up to 8 pairs (code, level) asked, no code twice; not a must
    """

    id: int
    trade: int
    family: int
    place: int
    pay_min: int
    pay_max: int
    shift: int = rules.SHIFT_DAY
    night: int = 0
    housing: int = rules.HOUSING_NONE
    couple_rooms: int = 0
    meals: int = rules.MEALS_NONE
    latest_start: int = rules.DAY_MAX
    education: int = 0
    years: int = 0
    certificates: int = 0
    skills: Sequence[tuple[int, int]] = ()


def _column(values: list[Any], name: str, dtype: str) -> Array:
    """Whole numbers as an array; ValueError names the row of a value that is none or does not fit."""
    limits = np.iinfo(dtype)
    try:
        array = np.array(values)
        if array.dtype.kind == "i" and array.size and limits.min <= array.min() and array.max() <= limits.max:
            return array.astype(dtype, copy=False)
    except (ValueError, OverflowError):
        pass  # ragged or too large: the rows below say where
    for row, value in enumerate(values):
        for one in value if isinstance(value, list) else (value,):
            if not isinstance(one, int | np.integer) or not limits.min <= one <= limits.max:
                raise ValueError(f"row {row}: {name} = {one!r} is not a whole number in range")
    return np.array(values, dtype=dtype)


@dataclass(frozen=True, eq=False)
class _Columns:
    """Shared by both kinds: checking, cutting, packing. Arrays are C-contiguous and of the dtypes of ``SHAPE``."""

    MAGIC: ClassVar[bytes]
    SHAPE: ClassVar[dict[str, tuple[str, int, int, int]]]  # name -> dtype, width (1 = flat), least, most

    id: Array

    def __post_init__(self) -> None:
        size = len(self.id)
        for name, (dtype, width, least, most) in self.SHAPE.items():
            given = np.asarray(getattr(self, name))
            shape = (size,) if width == 1 else (size, width)
            if given.shape != shape:
                raise ValueError(f"{name} has shape {given.shape}, not {shape}")
            if given.size and given.dtype.kind in "iub" and (int(given.min()) < least or int(given.max()) > most):
                bad = (given < least) | (given > most)
                row = int(np.argwhere(bad)[0][0])
                value = given[row].tolist()
                raise ValueError(f"row {row} (id {self.id[row]}): {name} = {value} is outside {least} … {most}")
            if given.dtype.kind not in "iub":
                raise ValueError(f"{name} must hold whole numbers, not {given.dtype}")
            object.__setattr__(self, name, np.ascontiguousarray(given, dtype=dtype))
        unique, first = np.unique(self.id, return_index=True)
        if len(unique) != size:
            twice = int(np.setdiff1d(np.arange(size), first)[0])
            raise ValueError(f"row {twice} (id {self.id[twice]}): the id occurs twice")
        self._check_skills()

    def _check_skills(self) -> None:
        skills, levels = self.skills, self.levels  # type: ignore[attr-defined]
        wrong = ((skills > 0) != (levels > 0)).any(axis=1)
        inner = np.sort(skills, axis=1)
        wrong |= ((inner[:, 1:] == inner[:, :-1]) & (inner[:, 1:] > 0)).any(axis=1)
        self._refuse(wrong, "a skill occurs twice or has no level")

    def _refuse(self, wrong: Array, why: str) -> None:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"row {row} (id {self.id[row]}): {why}")

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: slice | Array | Sequence[int]) -> Self:
        """The given rows, in the given order, as columns of their own."""
        cut = rows if isinstance(rows, slice) else np.asarray(rows, dtype=np.intp)
        new = object.__new__(type(self))
        for name in self.SHAPE:
            object.__setattr__(new, name, np.ascontiguousarray(getattr(self, name)[cut]))
        return new if isinstance(rows, slice) else type(self)(**{name: getattr(new, name) for name in self.SHAPE})

    def nbytes(self) -> int:
        return sum(int(getattr(self, name).nbytes) for name in self.SHAPE)

    def to_bytes(self) -> bytes:
        """A versioned header with a checksum, then every column, little-endian, in the order of ``SHAPE``."""
        body = b"".join(
            np.ascontiguousarray(getattr(self, name), dtype=np.dtype(dtype).newbyteorder("<")).tobytes()
            for name, (dtype, *_) in self.SHAPE.items()
        )
        return _HEADER.pack(self.MAGIC, FORMAT_VERSION, len(self.SHAPE), len(self), _checksum(body)) + body

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> Self:
        """The columns that ``to_bytes`` packed; ``Corrupted`` when a single bit differs or the version is another."""
        view = memoryview(data)
        if len(view) < _HEADER.size:
            raise Corrupted("too short for a header")
        magic, version, columns, size, checksum = _HEADER.unpack(view[: _HEADER.size])
        body = view[_HEADER.size :]
        if magic != cls.MAGIC or version != FORMAT_VERSION or columns != len(cls.SHAPE):
            raise Corrupted(f"not {cls.__name__} of format {FORMAT_VERSION}")
        widths = [np.dtype(dtype).itemsize * width for dtype, width, *_ in cls.SHAPE.values()]
        if len(body) != size * sum(widths) or _checksum(body) != checksum:
            raise Corrupted("length or checksum is wrong")
        arrays, offset = {}, 0
        for (name, (dtype, width, *_)), row_bytes in zip(cls.SHAPE.items(), widths, strict=True):
            flat = np.frombuffer(body, np.dtype(dtype).newbyteorder("<"), size * width, offset).astype(dtype)
            arrays[name] = flat if width == 1 else flat.reshape(size, width)
            offset += size * row_bytes
        return cls(**arrays)


def _checksum(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _pad(values: Sequence[int], width: int, row: int, name: str) -> list[int]:
    if len(values) > width:
        raise ValueError(f"row {row}: {name} has {len(values)} values, at most {width} fit")
    return [*values, *[0] * (width - len(values))]


def _skills(pairs: Sequence[tuple[int, int]], row: int) -> tuple[list[int], list[int]]:
    for code, level in pairs:
        if not 1 <= code <= rules.CODE_MAX or not 1 <= level <= rules.LEVEL_MAX:
            raise ValueError(f"row {row}: skill {code} of level {level} is outside 1 … 65535, 1 … 3")
    codes = _pad([code for code, _ in pairs], rules.SKILLS, row, "skills")
    return codes, _pad([level for _, level in pairs], rules.SKILLS, row, "levels")


@dataclass(frozen=True, eq=False)
class WorkerColumns(_Columns):
    """n workers; meaning and units of each column as in ``WorkerRow``. Unused trade, family, skill slots hold 0."""

    MAGIC = b"JBWC"
    SHAPE = {
        "id": ("int64", 1, 0, rules.ID_MAX),
        "trades": ("uint16", rules.WISHES, 0, rules.CODE_MAX),
        "families": ("uint16", rules.WISHES, 0, rules.CODE_MAX),
        "is_open": ("uint8", 1, 0, 1),
        "places": ("uint8", rules.PLACES, 0, 3),
        "min_pay": ("int32", 1, 0, rules.PAY_MAX),
        "housing": ("uint8", 1, 0, 2),
        "couple": ("uint8", 1, 0, 2),
        "meals": ("uint8", 1, 0, 1),
        "shifts": ("uint8", 1, 0, rules.ALL_SHIFTS),
        "education": ("uint8", 1, 0, rules.EDUCATION_MAX),
        "years": ("uint8", 1, 0, rules.YEARS_MAX),
        "certificates": ("uint64", 1, 0, 2**64 - 1),
        "skills": ("uint16", rules.SKILLS, 0, rules.CODE_MAX),
        "levels": ("uint8", rules.SKILLS, 0, rules.LEVEL_MAX),
        "available": ("int32", 1, 0, rules.DAY_MAX),
        "age": ("uint8", 1, 0, rules.AGE_MAX),
    }

    trades: Array
    families: Array
    is_open: Array
    places: Array
    min_pay: Array
    housing: Array
    couple: Array
    meals: Array
    shifts: Array
    education: Array
    years: Array
    certificates: Array
    skills: Array
    levels: Array
    available: Array
    age: Array

    def __post_init__(self) -> None:
        super().__post_init__()
        self._refuse(((self.trades > 0) != (self.families > 0)).any(axis=1), "each wished trade needs its family")

    @classmethod
    def from_rows(cls, rows: Iterable[WorkerRow | Mapping[str, Any] | Sequence[Any]]) -> WorkerColumns:
        """Columns of rows given as ``WorkerRow``, as mappings with its names, or as sequences in its order.

        ValueError names the row when a value is out of range, an id or a skill occurs twice, or a list is too long.
        For more than some 10,000 workers build the arrays yourself and call ``WorkerColumns(**arrays)``: same checks.
        """
        lists: dict[str, list[Any]] = {name: [] for name in cls.SHAPE}
        for number, given in enumerate(rows):
            row = _row(WorkerRow, given)
            if len(row.trades) != len(row.families):
                raise ValueError(f"row {number}: each wished trade needs its family")
            if any(not 1 <= code <= rules.CODE_MAX for code in (*row.trades, *row.families)):
                raise ValueError(f"row {number}: trades or families outside 1 … 65535")
            codes, levels = _skills(row.skills, number)
            own = {
                "trades": _pad(row.trades, rules.WISHES, number, "trades"),
                "families": _pad(row.families, rules.WISHES, number, "families"),
                "places": _places(row, number),
                "skills": codes,
                "levels": levels,
            }
            for name, values in lists.items():
                values.append(own[name] if name in own else getattr(row, name))
        return cls(**_arrays(cls, lists))

    def row(self, index: int) -> WorkerRow:
        """One worker back in plain Python values."""
        wished = [slot for slot in range(rules.WISHES) if self.trades[index, slot]]
        return WorkerRow(
            trades=tuple(int(self.trades[index, slot]) for slot in wished),
            families=tuple(int(self.families[index, slot]) for slot in wished),
            places=tuple(self.places[index].tolist()),
            skills=_pairs(self, index),
            **{name: int(getattr(self, name)[index]) for name in _FLAT_WORKER},
        )

    def rows(self) -> Iterator[WorkerRow]:
        return (self.row(index) for index in range(len(self)))


@dataclass(frozen=True, eq=False)
class PostingColumns(_Columns):
    """n postings; meaning and units of each column as in ``PostingRow``. Unused skill slots hold 0."""

    MAGIC = b"JBPC"
    SHAPE = {
        "id": ("int64", 1, 0, rules.ID_MAX),
        "trade": ("uint16", 1, 1, rules.CODE_MAX),
        "family": ("uint16", 1, 1, rules.CODE_MAX),
        "place": ("uint8", 1, 0, rules.PLACES - 1),
        "pay_min": ("int32", 1, 0, rules.PAY_MAX),
        "pay_max": ("int32", 1, 0, rules.PAY_MAX),
        "shift": ("uint8", 1, 0, rules.SHIFTS - 1),
        "night": ("uint8", 1, 0, 1),
        "housing": ("uint8", 1, 0, 2),
        "couple_rooms": ("uint8", 1, 0, 1),
        "meals": ("uint8", 1, 0, 2),
        "latest_start": ("int32", 1, 0, rules.DAY_MAX),
        "education": ("uint8", 1, 0, rules.EDUCATION_MAX),
        "years": ("uint8", 1, 0, rules.YEARS_MAX),
        "certificates": ("uint64", 1, 0, 2**64 - 1),
        "skills": ("uint16", rules.SKILLS, 0, rules.CODE_MAX),
        "levels": ("uint8", rules.SKILLS, 0, rules.LEVEL_MAX),
    }

    trade: Array
    family: Array
    place: Array
    pay_min: Array
    pay_max: Array
    shift: Array
    night: Array
    housing: Array
    couple_rooms: Array
    meals: Array
    latest_start: Array
    education: Array
    years: Array
    certificates: Array
    skills: Array
    levels: Array

    def __post_init__(self) -> None:
        super().__post_init__()
        self._refuse(self.pay_min > self.pay_max, "pay_min is above pay_max")
        order = np.lexsort((self.family, self.trade))
        trade, family = self.trade[order], self.family[order]
        split = np.zeros(len(self), dtype=bool)
        split[order[1:]] = (trade[1:] == trade[:-1]) & (family[1:] != family[:-1])
        self._refuse(split, "its trade belongs to another family elsewhere")

    @classmethod
    def from_rows(cls, rows: Iterable[PostingRow | Mapping[str, Any] | Sequence[Any]]) -> PostingColumns:
        """Columns of rows given as ``PostingRow``, as mappings with its names, or as sequences in its order.

        ValueError names the row when something is out of range, as in ``WorkerColumns.from_rows``.
        """
        lists: dict[str, list[Any]] = {name: [] for name in cls.SHAPE}
        for number, given in enumerate(rows):
            row = _row(PostingRow, given)
            codes, levels = _skills(row.skills, number)
            own = {"skills": codes, "levels": levels}
            for name, values in lists.items():
                values.append(own[name] if name in own else getattr(row, name))
        return cls(**_arrays(cls, lists))

    def row(self, index: int) -> PostingRow:
        """One posting back in plain Python values."""
        flat = {name: int(getattr(self, name)[index]) for name in _FLAT_POSTING}
        return PostingRow(**flat, skills=_pairs(self, index))

    def rows(self) -> Iterator[PostingRow]:
        return (self.row(index) for index in range(len(self)))


_FLAT_WORKER = [name for name, (_, width, *_) in WorkerColumns.SHAPE.items() if width == 1]
_FLAT_POSTING = [name for name, (_, width, *_) in PostingColumns.SHAPE.items() if width == 1]


def _pairs(columns: WorkerColumns | PostingColumns, index: int) -> tuple[tuple[int, int], ...]:
    both = zip(columns.skills[index].tolist(), columns.levels[index].tolist(), strict=True)
    return tuple((code, level) for code, level in both if code)


def _row(kind: type[Row], given: Any) -> Row:
    if isinstance(given, kind):
        return given
    return kind(**given) if isinstance(given, Mapping) else kind(*given)


def _places(row: WorkerRow, number: int) -> list[int]:
    if not isinstance(row.places, Mapping):
        if len(row.places) != rules.PLACES:
            raise ValueError(f"row {number}: places has {len(row.places)} values, not {rules.PLACES}")
        return list(row.places)
    places = [row.place_default] * rules.PLACES
    for index, acceptance in row.places.items():
        if not 0 <= index < rules.PLACES:
            raise ValueError(f"row {number}: place {index} is outside 0 … {rules.PLACES - 1}")
        places[index] = acceptance
    return places


def _arrays(kind: type[_Columns], lists: dict[str, list[Any]]) -> dict[str, Array]:
    arrays = {}
    for name, (dtype, width, *_) in kind.SHAPE.items():
        # Checked wide, stored narrow: -1 must be reported, not wrapped.
        wide = dtype if dtype == "uint64" else "int64"
        shape = (len(lists[name]),) if width == 1 else (len(lists[name]), width)
        arrays[name] = _column(lists[name], name, wide).reshape(shape)
    return arrays
