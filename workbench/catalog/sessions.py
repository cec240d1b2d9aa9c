"""Where an instrument is traded, and when its trading day ends there, from its definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.metrics import Session

ZONES = {
    "America/New_York": "XNAS NASDAQ XNYS NYSE ARCA ARCX XASE AMEX BATS BATY CBOE XCBO IEX IEXG OPRA SMART ISLAND OTC",
    "America/Chicago": "XCME CME GLBX XCBT CBOT XCEC COMEX XNYM NYMEX CFE XCBF",
    "America/Toronto": "XTSE TSX TSXV",
    "America/Sao_Paulo": "BVMF B3",
    "Europe/London": "XLON LSE IFEU ICEEU LIFFE",
    "Europe/Berlin": "XETR XFRA IBIS EUREX XEUR FWB GETTEX",
    "Europe/Paris": "XPAR XAMS XBRU XLIS SBF AEB ENEXT",
    "Europe/Madrid": "XMAD BM",
    "Europe/Rome": "XMIL BVME",
    "Europe/Zurich": "XSWX EBS SIX",
    "Europe/Stockholm": "XSTO SFB",
    "Asia/Tokyo": "XTKS TSEJ XOSE OSE",
    "Asia/Hong_Kong": "XHKG HKEX SEHK XHKF",
    "Asia/Shanghai": "XSHG XSHE SSE SZSE SEHKNTL",
    "Asia/Singapore": "XSES SGX",
    "Asia/Kolkata": "XNSE NSE XBOM BSE",
    "Asia/Seoul": "XKRX KRX KSE",
    "Australia/Sydney": "XASX ASX",
}
"""Exchanges by their time zone: codes of ISO 10383, and names that brokers use."""

_OF_CURRENCY = {
    "USD": "America/New_York",
    "CAD": "America/Toronto",
    "GBP": "Europe/London",
    "EUR": "Europe/Berlin",
    "CHF": "Europe/Zurich",
    "JPY": "Asia/Tokyo",
    "HKD": "Asia/Hong_Kong",
    "AUD": "Australia/Sydney",
    "INR": "Asia/Kolkata",
}
_ZONE_OF = {venue: zone for zone, venues in ZONES.items() for venue in venues.split()}
_ON_EXCHANGE = ("Equity", "OptionContract", "OptionSpread", "IndexInstrument", "Warrant")
_FUTURES = ("FuturesContract", "FuturesSpread", "Commodity")


def session_of(plain: Mapping[str, Any]) -> Session:
    """The trading day of an instrument, by its stored definition.

    Currencies of states end theirs at 17:00 in New York, futures at 17:00 in Chicago, everything on an exchange at
    midnight where that is, and what is traded around the clock at midnight UTC.
    """
    kind, venue = str(plain.get("type", "")), str(plain.get("id", "")).rpartition(".")[2].upper()
    if kind in _FUTURES:
        zone = _ZONE_OF.get(venue, "America/Chicago")
        return Session(zone=zone, ends_at=17) if zone.startswith("America/") else Session(zone=zone)
    if kind in _ON_EXCHANGE:
        currency = str(plain.get("currency") or plain.get("quote_currency") or "")
        return Session(zone=_ZONE_OF.get(venue) or _OF_CURRENCY.get(currency, "UTC"))
    if kind == "Cfd" and plain.get("asset_class") in ("EQUITY", "INDEX"):
        return Session(zone=_OF_CURRENCY.get(str(plain.get("quote_currency")), "UTC"))
    if kind in ("CurrencyPair", "Cfd") and _of_states(plain):
        return Session(zone="America/New_York", ends_at=17)
    return Session()


def common_session(instruments: Iterable[Mapping[str, Any]]) -> Session:
    """That of all of them; midnight UTC where they differ, or there are none."""
    found = {session_of(plain) for plain in instruments}
    return found.pop() if len(found) == 1 else Session()


def _of_states(plain: Mapping[str, Any]) -> bool:
    """Whether both sides are currencies of states, or metals: they rest from Friday to Sunday."""
    from nautilus_trader.model.enums import CurrencyType
    from nautilus_trader.model.objects import Currency

    sides = [plain.get("base_currency"), plain.get("quote_currency")]
    known = [Currency.from_str(str(code), True) for code in sides if code]
    return bool(known) and all(one is not None and one.currency_type != CurrencyType.CRYPTO for one in known)
