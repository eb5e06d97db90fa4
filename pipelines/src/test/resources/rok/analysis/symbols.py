"""Prints, for each Python file named on standard input, what CPython's own compiler knows of its names.

One line per file: JSON [path, null | error | scope], a scope being [kind, name, line, {symbol: [meaning, flags]}, [scopes]].
"""

import _symtable
import io
import json
import sys
import tokenize
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
MEANINGS = {1: "LOCAL", 2: "GLOBAL_EXPLICIT", 3: "GLOBAL_IMPLICIT", 4: "FREE", 5: "CELL"}
OFFSET = _symtable.SCOPE_OFF
#      global, local, parameter, nonlocal, use, free class, import, annotation, iteration
FLAGS = 1 | 2 | 4 | 8 | 16 | 64 | 128 | 256 | 512


def scope(entry):
    symbols = {
        name: [MEANINGS[(flags >> OFFSET) & 7], flags & FLAGS]
        for name, flags in entry.symbols.items()
    }
    return [str(entry.type), entry.name, entry.lineno, symbols, [scope(c) for c in entry.children]]


for path in sys.stdin.read().splitlines():
    with open(path, "rb") as file:
        data = file.read()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        result = scope(_symtable.symtable(text, path, "exec"))
    except (SyntaxError, ValueError, RecursionError) as error:
        text, result = "", str(error)
    print(json.dumps([path, text, result]))
