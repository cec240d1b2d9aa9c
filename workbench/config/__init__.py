"""Strategy, parameters and terms → one snapshot."""

from workbench.config.amounts import Amount, Currency, choice
from workbench.config.facts import (
    SETTINGS,
    Fact,
    Path,
    Setting,
    all_facts,
    facts_of,
    facts_of_each,
    in_sections,
    named_params,
    setting,
)
from workbench.config.labels import Labels, check_label, check_labels, check_tags
from workbench.config.params import ABSENT, PRESENT, refuse_unstorable
from workbench.config.period import PERIOD_END_NS, Moment, moment, nanoseconds, period
from workbench.config.run_config import RunConfig, is_run_config
from workbench.config.secrets import MASK, hidden, masked, without
from workbench.config.snapshot import (
    DataUse,
    Fingerprint,
    Snapshot,
    StrategyUse,
    canonical,
    code_digest,
    fingerprint,
    iso,
    sha256,
)
from workbench.config.terms import TERMS, Account, Fees, FillChance, Oms, Term, Terms, VenueUse

__all__ = [
    "ABSENT",
    "MASK",
    "PERIOD_END_NS",
    "PRESENT",
    "SETTINGS",
    "TERMS",
    "Account",
    "Amount",
    "Currency",
    "DataUse",
    "Fact",
    "Fees",
    "FillChance",
    "Fingerprint",
    "Labels",
    "Moment",
    "Oms",
    "Path",
    "RunConfig",
    "Setting",
    "Snapshot",
    "StrategyUse",
    "Term",
    "Terms",
    "VenueUse",
    "all_facts",
    "canonical",
    "check_label",
    "check_labels",
    "check_tags",
    "choice",
    "code_digest",
    "facts_of",
    "facts_of_each",
    "fingerprint",
    "hidden",
    "in_sections",
    "is_run_config",
    "iso",
    "masked",
    "moment",
    "named_params",
    "nanoseconds",
    "period",
    "refuse_unstorable",
    "setting",
    "sha256",
    "without",
]
