"""Made values of personal data, as people write them, and numbers that only look like them."""

from __future__ import annotations

import random
from collections.abc import Callable

from stdnum import luhn

_NAMES = (
    "minji",
    "hong.gildong",
    "j.smith",
    "anna-lena",
    "kim_cs",
    "taro",
    "o'neill",
    "a.b.c",
    "x9",
)
_HOSTS = ("example.com", "mail.example.co.kr", "post.example.de", "example.org", "noeul.example.kr")
_CARDS = (("4", 16), ("51", 16), ("5500", 16), ("2221", 16), ("37", 15), ("6011", 16), ("35", 16))
_BANKS = ((3, 3, 6), (6, 2, 6), (3, 2, 6, 1), (4, 3, 6), (3, 4, 4, 2), (4, 2, 7))

Random = random.Random


def digits(rng: Random, number: int) -> str:
    return "".join(rng.choices("0123456789", k=number))


def email(rng: Random) -> str:
    plus = rng.choice(("", "", f"+{rng.choice(('news', 'shop2'))}", str(rng.randint(1, 99))))
    return f"{rng.choice(_NAMES)}{plus}@{rng.choice(_HOSTS)}"


def phone_kr(rng: Random) -> str:
    last = f"{rng.randint(2000, 9999)}", digits(rng, 4)
    mobile, area = "010", rng.choice(("02", "031", "051", "064", "042"))
    form = rng.choice(
        (
            "{m}-{a}-{b}",
            "{m}{a}{b}",
            "{m} {a} {b}",
            "{m}.{a}.{b}",
            "{r}-{a}-{b}",
            "{r}) {a}-{b}",
            "+82 10-{a}-{b}",
            "+82-10-{a}-{b}",
            "82-10-{a}-{b}",
        )
    )
    return form.format(m=mobile, r=area, a=last[0], b=last[1])


def phone_us(rng: Random) -> str:
    area = rng.choice(("212", "415", "206", "312", "617"))
    form = rng.choice(("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}", "1-{}-{}-{}"))
    return form.format(area, rng.randint(220, 899), digits(rng, 4))


def phone_abroad(rng: Random) -> str:
    german = rng.choice(("+49 30 {}", "+49 171 {}", "0171/{}", "+49 (0)171 {}"))
    japanese = rng.choice(("+81 90-{}-{}", "090-{}-{}", "03-{}-{}"))
    if rng.random() < 0.5:
        return german.format(f"{rng.randint(2, 9)}{digits(rng, 6)}")
    return japanese.format(rng.randint(3000, 8999), digits(rng, 4))


def phone(rng: Random) -> str:
    return rng.choice((phone_kr, phone_kr, phone_us, phone_us, phone_abroad))(rng)


def card(rng: Random) -> str:
    prefix, length = rng.choice(_CARDS)
    body = prefix + digits(rng, length - len(prefix) - 1)
    if prefix == "35":
        body = "3530" + body[4:]
    number = body + luhn.calc_check_digit(body)
    if length == 15:
        parts = number[:4], number[4:10], number[10:]
    else:
        parts = number[:4], number[4:8], number[8:12], number[12:]
    return rng.choice(("-", " ", "", " ")).join(parts)


def iban(rng: Random) -> str:
    country, body = rng.choice(
        (
            ("DE", digits(rng, 18)),
            ("FR", f"{digits(rng, 10)}0A{digits(rng, 11)}"),
            ("GB", f"WEST{digits(rng, 14)}"),
            ("NL", f"ABNA{digits(rng, 10)}"),
        )
    )
    if country == "FR":
        return rng.choice(("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"))
    number = int("".join(str(int(sign, 36)) for sign in f"{body}{country}00"))
    value = f"{country}{98 - number % 97:02}{body}"
    spaced = " ".join(value[i : i + 4] for i in range(0, len(value), 4))
    return rng.choice((value, spaced))


def ip_address(rng: Random) -> str:
    if rng.random() < 0.2:
        return rng.choice(("2001:db8::8a2e:370:7334", "fe80::1ff:fe23:4567:890a"))
    first = rng.choice((10, 192, 172, 203, 8))
    return f"{first}.{rng.randint(10, 254)}.{rng.randint(0, 254)}.{rng.randint(1, 254)}"


def mac_address(rng: Random) -> str:
    pairs = [f"{rng.randint(0, 255):02x}" for _ in range(5)] + ["a7"]
    text = rng.choice((":", "-")).join(pairs)
    return rng.choice(
        (text, text.upper(), f"{''.join(pairs[:2])}.{''.join(pairs[2:4])}.{''.join(pairs[4:])}")
    )


def _born(rng: Random) -> str:
    return f"{rng.randint(50, 99):02}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"


def resident_number(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.3:  # since October 2020: no checksum
        born = f"{rng.randint(20, 24)}{_born(rng)[2:]}"
        return f"{born}-{rng.choice('34')}{digits(rng, 6)}"
    sex = rng.choice("12") if kind < 0.75 else rng.choice("56")
    body = f"{_born(rng)}{sex}{digits(rng, 5)}"
    weighed = sum(
        int(d) * w for d, w in zip(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)
    )
    check = ((11 - weighed % 11) % 10 + (2 if sex in "56" else 0)) % 10
    return f"{body[:6]}{rng.choice(('-', '-', ' - ', ''))}{body[6:]}{check}"


def business_number(rng: Random) -> str:
    body = f"{rng.randint(101, 699)}{rng.randint(1, 99):02}{digits(rng, 4)}"
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(d) * w for d, w in zip(body, weights, strict=True)) + int(body[8]) * 5 // 10
    return f"{body[:3]}-{body[3:5]}-{body[5:]}{(10 - total % 10) % 10}"


def ssn(rng: Random) -> str:
    return f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"


def passport(rng: Random) -> str:
    return rng.choice(
        (
            f"M{digits(rng, 8)}",
            f"M{digits(rng, 3)}{rng.choice('ABCDE')}{digits(rng, 4)}",
            f"{rng.randint(100000000, 699999999)}",
            f"C{rng.choice('123456789')}X{digits(rng, 5)}K",
        )
    )


def drivers_licence(rng: Random) -> str:
    return f"{rng.randint(11, 26)}-{rng.randint(10, 24)}-{digits(rng, 6)}-{digits(rng, 2)}"


def bank_account(rng: Random) -> str:
    groups = [digits(rng, size) for size in rng.choice(_BANKS)]
    groups[0] = f"{rng.randint(1, 9)}{groups[0][1:]}"
    return "-".join(groups)


KINDS: dict[str, Callable[[Random], str]] = {
    made.__name__: made
    for made in (
        *(email, phone, card, iban, ip_address, mac_address, resident_number, business_number),
        *(ssn, passport, drivers_licence, bank_account),
    )
}


def _date(rng: Random) -> str:
    year, month, day = rng.randint(1995, 2026), rng.randint(1, 12), rng.randint(1, 28)
    iso = f"{year}-{month:02}-{day:02}"
    spoken = f"{year}. {month}. {day}.", f"{month:02}/{day:02}/{year}"
    return rng.choice((iso, *spoken, iso.replace("-", ""), f"{iso} 14:05:33"))


def _corporation(rng: Random) -> str:
    body = rng.choice(("110111", "130111", "200111")) + digits(rng, 6)
    weighed = sum(int(d) * (1 + place % 2) for place, d in enumerate(body))
    return f"{body[:6]}-{body[6:]}{(10 - weighed % 10) % 10}"


def _order(rng: Random) -> str:
    day = f"{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    spoken = f"ORD-{digits(rng, 4)}-{digits(rng, 6)}"
    dated = rng.choice((f"2025{day}-{digits(rng, 7)}", f"25{day}-{digits(rng, 7)}"))
    return rng.choice((dated, dated, spoken, digits(rng, 12), digits(rng, 16)))


def _number(rng: Random) -> str:
    coded = f"A-{digits(rng, 4)}-{digits(rng, 6)}"
    return rng.choice((f"2025{digits(rng, 4)}-{digits(rng, 7)}", coded, digits(rng, 16)))


def _isbn(rng: Random) -> str:
    parted = f"978-89-{digits(rng, 4)}-{digits(rng, 3)}-{digits(rng, 1)}"
    old = f"89-{digits(rng, 4)}-{digits(rng, 3)}-X"
    return rng.choice((parted, f"978{digits(rng, 10)}", old))


def _version(rng: Random) -> str:
    return ".".join(str(rng.randint(0, most)) for most in (20, 30, 30, 255))


def _code(rng: Random) -> str:
    """As a phone number, or as that of a business."""
    american = f"{rng.randint(201, 899)}-{rng.randint(201, 899)}-{digits(rng, 4)}"
    korean = f"02-{digits(rng, 4)}-{digits(rng, 4)}"
    business = f"{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 5)}"
    return rng.choice((american, korean, business, f"A{digits(rng, 3)}-{digits(rng, 4)}"))


def _tracking(rng: Random) -> str:
    american = " ".join((f"9400 1{digits(rng, 3)}", *(digits(rng, 4) for _ in range(3)), "12"))
    parted = "-".join(digits(rng, 4) for _ in range(3))
    return rng.choice((digits(rng, 12), digits(rng, 13), american, f"1Z{digits(rng, 9)}", parted))


def _hash(rng: Random) -> str:
    uuid = f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}-4abc-a123-{digits(rng, 12)}"
    return rng.choice((f"{rng.getrandbits(160):040x}", f"{rng.getrandbits(128):032x}", uuid))


def _price(rng: Random) -> str:
    dollars = f"${rng.randint(1, 999)},{digits(rng, 3)}.{digits(rng, 2)}"
    return rng.choice((dollars, f"{rng.randint(1, 99)},{digits(rng, 3)},{digits(rng, 3)}"))


def _place(rng: Random) -> str:
    angles = f"40.{digits(rng, 4)}° N 73.{digits(rng, 4)}° W"
    return rng.choice((angles, f"37.{digits(rng, 6)}, 126.{digits(rng, 6)}"))


def _time(rng: Random) -> str:
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"


OTHERS: dict[str, Callable[[Random], str]] = {
    "order": _order,
    "number": _number,
    "isbn": _isbn,
    "date": _date,
    "version": _version,
    "code": _code,
    "tracking": _tracking,
    "hash": _hash,
    "price": _price,
    "place": _place,
    "time": _time,
    "corporation": _corporation,
    "years": lambda rng: " ".join(str(2015 + year) for year in range(rng.randint(4, 6))),
    "stamp": lambda rng: f"17{digits(rng, 11)}",
    "mask": lambda rng: rng.choice(("255.255.255.0", "127.0.0.1", "0.0.0.0")),
    "figures": lambda rng: " ".join(str(rng.randint(1000, 9999)) for _ in range(5)),
}
"""By the name under which sentences ask for them."""
