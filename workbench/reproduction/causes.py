"""Why two runs may differ: configuration, seed, code, data, environment, each thing by its name."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from workbench import config
from workbench.config import Path, Setting, setting
from workbench.reproduction.evidence import Evidence, Months

NOWHERE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that is not the same: ``configuration``, ``seed``, ``code``, ``data`` or ``environment``.

    `name` says which: a parameter, a module, an instrument with its bars and month, a package. `before` and `after` are
    the values in words; `diff` is the unified diff of a module's source, empty for all other kinds.
    """

    kind: str
    name: str
    before: str
    after: str
    diff: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}: {self.before} → {self.after}"


def causes(original: Evidence, other: Evidence) -> tuple[Cause, ...]:
    """Everything that differs between two runs and can change what they do."""
    return (
        *_configuration(original, other),
        *_code(original, other),
        *_data(original, other),
        *_environment(original, other),
    )


def _configuration(original: Evidence, other: Evidence) -> Iterator[Cause]:
    before, after = settings(original), settings(other)
    changed = [path for path in before | after if before.get(path, NOWHERE) != after.get(path, NOWHERE)]
    for known, path in sorted(((setting(path), path) for path in changed), key=lambda pair: pair[0].name):
        yield Cause(
            kind="seed" if known.section == "terms" and path[-1] == "seed" else "configuration",
            name=known.name,
            before=_words(before.get(path, NOWHERE)),
            after=_words(after.get(path, NOWHERE)),
        )


def settings(evidence: Evidence) -> dict[Path, Any]:
    """The configuration as `config.facts` has it. Code, data and the engine's version have causes of their own."""
    every = config.all_facts(evidence.snapshot)
    return {path: value for path, value in every.items() if _can_matter(setting(path))}


def _can_matter(known: Setting) -> bool:
    is_called = known.section in ("strategy", "market") and known.name.rpartition(".")[2] in _CALLED
    return known.section not in ("data", "code", "engine", "format") and not is_called


_CALLED = {"strategy", "strategy_type", "strategy_config", "strategy_code", "data_source"}
"""How things are called, and where they come from."""


def _words(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _code(original: Evidence, other: Evidence) -> Iterator[Cause]:
    before, after = code_digests(original), code_digests(other)
    texts = [{file.module: file.text for file in evidence.sources} for evidence in (original, other)]
    for module in sorted({*before, *after}):
        if before.get(module) != after.get(module):
            known = [text.get(module) for text in texts]
            yield Cause(
                kind="code",
                name=module,
                before=_digest(before.get(module)),
                after=_digest(after.get(module)),
                diff=_diff(module, known[0], known[1]),
            )


def code_digests(evidence: Evidence) -> dict[str, str]:
    """Module → digest of its source, of all strategies."""
    return {module: sha for use in evidence.snapshot.strategies for module, sha in use.code.items()}


def _digest(sha: str | None) -> str:
    if sha is None:
        return NOWHERE
    return "source unknown" if sha.startswith("unknown") else sha[:12]


def _diff(module: str, before: str | None, after: str | None) -> str:
    one, two = ((text or "").splitlines(keepends=True) for text in (before, after))
    diff = "".join(difflib.unified_diff(one, two, f"{module} before", f"{module} after"))
    return diff if diff.endswith("\n") or not diff else f"{diff}\n"


def _data(original: Evidence, other: Evidence) -> Iterator[Cause]:
    before, after = (
        {f"{use.instrument_id}-{use.bar}": use for use in evidence.snapshot.data} for evidence in (original, other)
    )
    for name in [one for one in before if one in after]:
        old, new = before[name], after[name]
        if old.fingerprint == new.fingerprint:
            continue
        months = [evidence.months.get(use.fingerprint) for evidence, use in ((original, old), (other, new))]
        if months[0] is None or months[1] is None:
            yield Cause(kind="data", name=name, before=f"{old.rows:,} rows", after=f"{new.rows:,} rows")
        else:
            yield from _months(name, months[0], months[1])


def _months(name: str, before: Months, after: Months) -> Iterator[Cause]:
    """The months that differ, those that follow one another and differ in the same way as one."""
    old, new = ({month: (rows, sha) for month, rows, sha in months} for months in (before, after))
    every = sorted({*old, *new})

    def how(month: str) -> tuple[bool, bool, bool]:
        return old.get(month) != new.get(month), month in old, month in new

    for (differs, *there), group in groupby(every, how):
        months = list(group)
        if not differs:
            continue
        counts = [sum(one[month][0] for month in months if month in one) for one in (old, new)]
        words = [f"{count:,} rows" if is_there else "no rows" for count, is_there in zip(counts, there, strict=True)]
        if words[0] == words[1]:
            words[1] += ", other values"
        span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
        yield Cause(kind="data", name=f"{name} {span}", before=words[0], after=words[1])


def _environment(original: Evidence, other: Evidence) -> Iterator[Cause]:
    before, after = versions(original), versions(other)
    for name in sorted({*before, *after}):
        # one that was not recorded is not known to differ
        if name in before and name in after and before[name] != after[name]:
            yield Cause(kind="environment", name=name, before=before[name], after=after[name])


def versions(evidence: Evidence) -> dict[str, str]:
    """The versions that may matter: Python, packages, the image, and the engine of the snapshot."""
    environment = evidence.environment
    engine = evidence.snapshot.engine
    found = {engine["name"]: engine["version"], **environment.get("packages", {})}
    found |= {name: environment[name] for name in ("python", "image") if name in environment}
    return {name: str(value) for name, value in found.items()}


def surroundings(evidence: Evidence) -> dict[str, str]:
    """All that was recorded of where a run was made: versions, the project's commit, the notebook."""
    git = evidence.environment.get("git")
    found = versions(evidence)
    if git is not None:
        found |= {"commit": str(git["commit"]), "uncommitted changes": "yes" if git["dirty"] else "no"}
    if "notebook" in evidence.environment:
        found["notebook"] = str(evidence.environment["notebook"])
    return found
