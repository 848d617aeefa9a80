#!/usr/bin/env python3
"""Writes the character tables of src/FaasPS.Engine/Text/Cleaning/Data out of Python's own.

Python's behaviour is what the tokenizer has to match, so its tables are the source: html.entities.html5 (the WHATWG list
of named character references), unicodedata (canonical decompositions and combining classes) and the codecs. Needs only
the standard library; run it again for a newer Unicode version.
"""
import html
import html.entities
import pathlib
import sys
import unicodedata

DATA = pathlib.Path(__file__).resolve().parent.parent / "src" / "FaasPS.Engine" / "Text" / "Cleaning" / "Data"
VERSION = f"Python {sys.version_info.major}.{sys.version_info.minor}, Unicode {unicodedata.unidata_version}"


def codes(text):
    return " ".join(f"{ord(c):X}" for c in text)


def write(name, comments, lines):
    head = [f"# {c}" for c in [*comments, f"Made by build/make-text-data.py with {VERSION}."]]
    (DATA / name).write_text("\n".join([*head, *lines]) + "\n", encoding="ascii")


def entities():
    names = html.entities.html5
    lines = [f"{name} {codes(names[name])}" for name in sorted(names)]
    # Upper-cased names that HTML does not know but ftfy reads as the upper-cased character: &EACUTE; for É.
    for name in sorted(names):
        upper = name.upper()
        if name.endswith(";") and name == name.lower() and html.unescape("&" + upper) == "&" + upper:
            lines.append(f"^{upper} {codes(names[name].upper())}")
    write("html-entities.txt", ["HTML named character references: name, code points. ^ marks names that only the text repair reads."], lines)


def ranges(numbers):
    runs = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in runs)


def normalization():
    classes, lines = {}, []
    for n in range(0x110000):
        char = chr(n)
        if unicodedata.combining(char):
            classes.setdefault(unicodedata.combining(char), []).append(n)
        parts = unicodedata.decomposition(char)
        if not parts or parts.startswith("<"):
            continue
        parts = "".join(chr(int(p, 16)) for p in parts.split())
        composes = len(parts) == 2 and unicodedata.normalize("NFC", char) == char
        lines.append(f"{'pair' if composes else 'only'} {n:X} {codes(parts)}")
    lines = [f"class {c} {ranges(classes[c])}" for c in sorted(classes)] + lines
    write("normalization.txt", [
        "class: combining class, its characters. pair: a character and the two it is composed of. only: decomposes, never composed.",
        "Hangul syllables are left out: they are computed."], lines)


def code_pages():
    lines = []
    for name in ["windows-1252", "windows-1251", "windows-1250", "windows-1253", "windows-1254", "windows-1257",
                 "iso-8859-2", "macroman", "cp437"]:
        # Unassigned bytes stand for the character of the same number, as in the WHATWG encoding standard.
        chars = [bytes([b]).decode(name, "ignore") or chr(b) for b in range(128, 256)]
        assert len(set(chars)) == 128, name
        lines.append(f"{name} {codes(''.join(chars))}")
    write("code-pages.txt", ["Single-byte encodings: name, the characters of bytes 80 to FF."], lines)


def width_forms():
    chars = [chr(n) for n in [0x3000, *range(0xFF01, 0xFFF0)]]
    forms = [(c, unicodedata.normalize("NFKC", c)) for c in chars]
    write("width-forms.txt", ["Full-width and half-width forms: character, its form of standard width."],
          [f"{codes(a)} {codes(b)}" for a, b in forms if a != b])


for make in (entities, normalization, code_pages, width_forms):
    make()
