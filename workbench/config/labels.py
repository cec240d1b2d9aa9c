"""Name, tags and note of a run, checked: what people call it, which changes nothing of what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.checks import word
from workbench.config.params import refuse_unstorable
from workbench.errors import InvalidInput

LONGEST_LABEL = 200
"""Characters of a name or a tag."""
LONGEST_NOTE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a run is called at its start. `tags` are sorted, each once."""

    name: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None

    def __bool__(self) -> bool:
        return bool(self.name or self.tags or self.note)


def check_labels(name: Any, tags: Any, note: Any) -> Labels:
    """Raises InvalidInput for anything that is not text, is empty, too long, or cannot be stored."""
    return Labels(
        name=None if name is None else check_label("name", name),
        tags=check_tags("tags", tags),
        note=None if note is None else check_label("note", note, LONGEST_NOTE),
    )


def check_label(what: str, text: Any, longest: int = LONGEST_LABEL) -> str:
    """One name, tag or note, without the blanks around it."""
    plain = word(what, text).strip()
    if not plain:
        raise InvalidInput(f"{what} is empty. Leave it out, or type some text.")
    if len(plain) > longest:
        raise InvalidInput(f"{what}={plain[:40] + '…'!r} has {len(plain):,} characters; the limit is {longest:,}.")
    refuse_unstorable(what, plain)
    return plain


def check_tags(what: str, tags: Any) -> tuple[str, ...]:
    """One tag or several, as sorted tags without repeats. A comma would make two of one where tags are listed."""
    several = [tags] if isinstance(tags, str) else tags
    if not isinstance(several, Sequence | set | frozenset) or isinstance(several, bytes):
        raise InvalidInput(f"{what}={tags!r} is neither a tag nor a list of tags. Type {what}=['ema', 'daily'].")
    plain = {check_label("tag", tag) for tag in several}
    for tag in plain:
        if "," in tag:
            raise InvalidInput(f"tag {tag!r} has a comma. Give each tag by itself.")
    return tuple(sorted(plain))
