"""Compiled forms kept beside each other, named after the content they were compiled from."""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

from intake.xlsform.finding import refused
from intake.xlsform.form import compile, format_of
from intake.xlsform.sheets import read_bytes


def compile_cached(path: Path, cache_dir: Path) -> str:
    """The XForm of the workbook at `path`; compiled once for each content and version of pyxform.

    Raises FormRefused (never cached) and OSError when the file cannot be read.
    """
    format = format_of(path.suffix)
    if format is None:
        raise refused("unknown_format", "lv", suffix=path.suffix or path.name)
    workbook = read_bytes(path)
    kept = cache_dir / f"{_digest(workbook, format)}.xml"
    try:
        return kept.read_text(encoding="utf-8")
    except FileNotFoundError:
        xform = compile(workbook, format=format)
    cache_dir.mkdir(parents=True, exist_ok=True)
    _write(kept, xform)
    return xform


def _digest(workbook: bytes, format: str) -> str:
    compiler = f"{version('pyxform')} {format}\n".encode()
    return hashlib.sha256(compiler + workbook).hexdigest()


def _write(kept: Path, xform: str) -> None:
    """In one step, so that another process never reads half a form."""
    handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(xform)
    os.replace(name, kept)
