"""Texts that people read as numbers, as dates, or as a missing value, and programs do not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from problems._dialect import BLANKS, MISSING

_MISSING = re.compile(
    r"\?|\?\?|\?\?\?|-|--|---|–|—|\.|\.\.|\.\.\.|…|\*|\*\*|/|na|n\.a|n\.a\.|n/a|nd|n\.d\."
    r"|nan|null|nil|none|void|empty|blank|unknown|unk|unkn|undefined|missing|miss|refused"
    r"|tbd|tba|error|err|k\.a\.|unbekannt|fehlt|fehlend|inconnu|manquant|desconocido|nodata"
    r"|\(null\)|\(none\)|\(missing\)|\(unknown\)|<null>|<none>|\[null\]|\\n|#na|#n/a|#div/0!"
    r"|#value!|#ref!|#name\?|#num!|#null!|#error!|#spill!|#calc!"
    r"|not (?:available|applicable|known|measured|reported)|no (?:data|value|answer|response)"
    r"|keine angabe",
    flags=re.IGNORECASE,
)


def says_missing(text: str) -> bool:
    """Return whether people write this text where a value is missing."""
    word = text.strip()
    return word in MISSING or bool(_MISSING.fullmatch(word))


_MAX_LENGTH = 50
"""Characters of a number or a date; what is longer is prose."""

_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)"
_BOUND = re.compile(
    rf"(?:[<>≤≥]=?|up to|under|over|below|above)\s*{_NUMBER}|{_NUMBER}\s*\+"
    rf"|{_NUMBER}\s*(?:or|and)\s+(?:more|less|over|above|under|below|older|younger)"
    rf"|{_NUMBER}\s*(?:-|–|to|\.\.|…)\s*{_NUMBER}",
    flags=re.ASCII | re.IGNORECASE,
)


def is_bound(text: str) -> bool:
    """Return whether a text is a range of numbers, as the classes 3+, <1 and 10-12 are."""
    return bool(_BOUND.fullmatch(text.strip()))


_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?))?"
_DAY = (
    r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{1,2}\. ?\d{1,2}\. ?\d{4}"
    r"|\d{4}([./-])\d{1,2}\2\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{1,2}(?:\. ?|[ /-])[^\W\d_]{3,10}(?:\. |, ?|[ /-])(?:\d{4}|'?\d{2})"
    r"|[^\W\d_]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)
_NAMED = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_MONTH = (
    rf"(?:\d{{1,2}})?{_NAMED}[ -]?(?:\d{{4}}|'?\d{{2}})|"
    r"\d{4}[-/](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])/\d{4}|\d{4}-W\d{2}|\d{4}-?Q[1-4]"
)
_DATE = re.compile(
    rf"(?:[^\W\d_]{{2,9}}\.?,? )?(?:{_DAY})(?:(?:[T,]? ?){_CLOCK}{_ZONE})?"
    rf"|{_MONTH}|{_CLOCK}{_ZONE}",
    flags=re.IGNORECASE,
)


def is_date(text: str) -> bool:
    """Return whether a text is a date, a time or both, in one of the usual ways to write them."""
    return len(text) <= _MAX_LENGTH and bool(_DATE.fullmatch(text.strip()))


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number as people write it.

    Args:
        marks: what programs do not take as a part of a number; none where they take it all.
        unit: the letters behind it, "" for none.
        certain: whether it can hardly be anything but a number; "1st", "2D" and "(1)" can.
    """

    marks: tuple[str, ...]
    unit: str = ""
    certain: bool = True


DECIMAL = "a decimal comma (write 1.5 for 1,5)"
THOUSANDS = "a comma between thousands (write 1500 for 1,500)"
EITHER = "a comma (write 1500 or 1.5 for 1,500)"
POINTS = "points between thousands (write 1500000 for 1.500.000)"
BLANK = "a blank between thousands (write 1500 for 1 500)"
APOSTROPHE = "an apostrophe between thousands (write 1500 for 1'500)"
UNDERSCORE = "an underscore between digits (write 1000 for 1_000)"
SETTINGS = {
    DECIMAL: "decimal = ','",
    THOUSANDS: "thousands = ','",
    EITHER: "decimal = ',' or thousands = ','",
    POINTS: "thousands = '.'",
    BLANK: "thousands = ' '",
    APOSTROPHE: 'thousands = "\'"',
    UNDERSCORE: "thousands = '_'",
}
"""Mark -> the settings by which a text file with it is read as it is."""

_MONEY = (
    r"[$€£¥₹₽₩₺₪฿]"
    r"|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|KRW|ZAR"
)
_UNIT = re.compile(
    r"kg|g|mg|µg|lb|lbs|oz|t|km|m|cm|mm|µm|nm|mi|mile|miles|ft|yd|inch|in|m²|m2|km²|km2|sqm"
    r"|sqft|ha|m³|m3|l|ml|cl|dl|L|mL|s|ms|sec|secs|min|mins|h|hr|hrs|hour|hours|minutes"
    r"|seconds|day|days|week|weeks|month|months|year|years|yr|yrs|°C|°F|°|K|Pa|kPa|hPa|bar"
    r"|px|pt|B|kB|KB|MB|GB|TB|W|kW|MW|kWh|Wh|MWh|V|mV|kV|A|mA|Hz|kHz|MHz|GHz|J|kJ|MJ|N|kcal"
    r"|cal|hp|km/h|kmh|mph|m/s|kn|rpm|ppm|ppb|dB|mmHg|mg/dL|mg/dl|mg/l|mmol/l|mmol/L|g/l|mol"
    r"|k|M|bn|mn|Mio|Mio\.|Mrd|Mrd\.|million|millions|billion|thousand"
)
_BLANK = f"[{BLANKS}]"
_SIGN = "[+−–‒﹣－-]"
_PARTS = re.compile(
    rf"(?P<quote>')?(?P<open>\()?(?P<sign>{_SIGN}?){_BLANK}?"
    rf"(?P<before>(?:{_MONEY})?){_BLANK}?(?P<inner>{_SIGN}?)"
    rf"(?P<number>\d(?:[\d.,_'’]|{_BLANK}(?=\d{{3}}))*|[.,]\d+)"
    rf"(?P<power>[eE][+-]?\d+|{_BLANK}?[×x·*]{_BLANK}?10\^?[+-]?\d+)?"
    rf"(?P<after>(?:{_BLANK}?(?:[%‰]|{_MONEY}|,-))?)"
    rf"(?P<unit>{_BLANK}?(?:[^\W\d]|°)[^\s\d]{{0,9}}\d?)?"
    rf"(?P<last>{_BLANK}?[−–-])?(?P<close>\))?"
)
_GROUPED = r"\d{1,3}(?:MARK\d{3})+(?:[.,]\d*)?"
_INDIAN = r"\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d*)?"


def spelled(text: str) -> Spelled | None:
    """Return how people write the number that they read in a text, None where they read none."""
    text = text.strip()
    if len(text) > _MAX_LENGTH or not any(c.isdecimal() for c in text):
        return None
    digits = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
    parts = _PARTS.fullmatch(digits)
    if parts is None or bool(parts["open"]) != bool(parts["close"]):
        return None
    marks = _number_marks(parts["number"])
    if marks is None:
        return None
    unit = (parts["unit"] or "").strip()
    signs = [sign.strip() for name in ("sign", "inner", "last") if (sign := parts[name] or "")]
    if len(signs) > 1:
        return None
    marks += [
        what
        for there, what in (
            (digits != text, "digits of another script (write 1 for １)"),
            (parts["quote"], "an apostrophe in front (write 5 for '5)"),
            (parts["open"], "parentheses for a minus (write -1.5 for (1.5))"),
            (signs and signs[0] not in "+-", "a minus that is no hyphen (write -5 for −5)"),
            (parts["last"], "a minus at the end (write -5 for 5-)"),
            ("%" in parts["after"], "a percent sign (write 0.15 for 15%)"),
            ("‰" in parts["after"], "a per mille sign (write 0.015 for 15‰)"),
            (
                parts["before"] or parts["after"].strip(BLANKS + "%‰"),
                "a currency (write 1.5 for $1.50)",
            ),
            (unit, "a unit (write 3 for 3 kg)"),
            (parts["power"] and parts["power"][0] not in "eE", "a power (write 2e3 for 2×10^3)"),
        )
        if there
    ]
    if not marks and not re.fullmatch(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", digits):
        marks.append("a blank inside (write -5 for - 5)")
    is_unit = bool(_UNIT.fullmatch(unit)) and (
        unit.islower() or len(unit) > 1 or parts["unit"] != unit
    )
    return Spelled(
        tuple(marks),
        unit,
        certain=not (parts["open"] or parts["last"]) and (not unit or is_unit),
    )


def _number_marks(number: str) -> list[str] | None:
    """Return what keeps programs from reading digits, None where they make no number."""
    if re.fullmatch(r"\d+\.?\d*|\.\d+", number):
        return []
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", number):
        return [EITHER]
    if re.fullmatch(r"\d*,\d+|\d+,", number):
        return [DECIMAL]
    for mark, what in (
        (",", THOUSANDS),
        (r"\.", POINTS),
        (_BLANK, BLANK),
        ("['’]", APOSTROPHE),
        ("_", UNDERSCORE),
    ):
        if re.fullmatch(_GROUPED.replace("MARK", mark), number):
            fraction = re.search(r"[.,]\d*$", number)
            is_comma = fraction is not None and fraction[0][0] == "," and mark != ","
            return [what, *([DECIMAL] if is_comma else [])]
    if re.fullmatch(_INDIAN, number):
        return [THOUSANDS]
    return [UNDERSCORE] if re.fullmatch(r"\d+(?:_\d+)+(?:\.\d*)?", number) else None
