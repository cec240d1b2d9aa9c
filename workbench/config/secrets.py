"""Secrets: text under a name such as ``api_key`` is masked before anything of it is recorded or shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

MASK = "***"
_WORDS = {"password", "passwd", "passphrase", "secret", "secrets", "token", "credential", "credentials", "apikey"}
_PAIRS = {("api", "key"), ("private", "key"), ("access", "key"), ("secret", "key"), ("auth", "key")}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LIKELY = re.compile(r"passw|passphrase|secret|token|credential|key", re.IGNORECASE)
SHORTEST = 4


def is_secret(name: str) -> bool:
    """Whether a name says that its value is one: ``api_key``, ``apiKey``, ``DB_PASSWORD``, ``bot_token`` …"""
    words = [word.lower() for word in _WORD.findall(name)]
    return bool(_WORDS & set(words)) or any(pair in _PAIRS for pair in pairwise(words))


def masked(plain: Any) -> Any:
    """The same JSON value with a mask for every text under a secret name, however deep."""
    if isinstance(plain, Mapping):
        return {name: _hide(one) if is_secret(str(name)) else masked(one) for name, one in plain.items()}
    if isinstance(plain, list | tuple):
        return [masked(one) for one in plain]
    return plain


def hidden(plain: Any) -> tuple[str, ...]:
    """The texts that `masked` hides, longest first, so that they can be taken out of messages too."""
    return tuple(sorted(set(_hidden(plain, under=False)), key=lambda text: (-len(text), text)))


def without(text: str, secrets: Iterable[str]) -> str:
    """A message with a mask for every secret in it; what is shorter than 4 characters would mask ordinary words."""
    for secret in secrets:
        if len(secret) >= SHORTEST:
            text = text.replace(secret, MASK)
    return text


def without_literals(source: str) -> str:
    """Python source with a mask for every text that is written beside a secret name: assigned, passed or a default."""
    if not _LIKELY.search(source):
        return source
    try:
        found = list(_literals(ast.parse(source)))
    except SyntaxError:
        return source
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    raw = source.encode()
    # from the end, so that earlier places stay where they are
    places = {
        (starts[n.lineno - 1] + n.col_offset, starts[(n.end_lineno or 1) - 1] + (n.end_col_offset or 0)) for n in found
    }
    for start, end in sorted(places, reverse=True):
        raw = raw[:start] + f'"{MASK}"'.encode() + raw[end:]
    return raw.decode()


def _hide(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _hide(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hide(one) for one in value]
    return MASK if isinstance(value, str) and value else value


def _hidden(value: Any, *, under: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _hidden(one, under=under or is_secret(str(name)))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _hidden(one, under=under)
    elif under and isinstance(value, str) and value and value != MASK:
        yield value


def _literals(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.Dict):
            pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        elif isinstance(node, ast.keyword) and node.arg is not None:
            pairs = [(ast.Name(node.arg), node.value)]
        elif isinstance(node, ast.arguments):
            last = [*node.posonlyargs, *node.args][-len(node.defaults) :] if node.defaults else []
            given = [*zip(last, node.defaults, strict=True), *zip(node.kwonlyargs, node.kw_defaults, strict=True)]
            pairs = [(ast.Name(argument.arg), value) for argument, value in given if value is not None]
        else:
            continue
        yield from (
            value
            for name, value in pairs
            if isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and value.value
            and is_secret(_name(name))
        )


def _name(node: ast.expr) -> str:
    """What a value is called: a variable, an attribute, or a key of text."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.slice)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.id if isinstance(node, ast.Name) else ""
