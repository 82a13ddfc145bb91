"""C and C++ text -> tokens, without comments, preprocessor lines and attributes."""

import dataclasses
import re

TOKEN = re.compile(
    r"""
    (?P<skip>\s+ | //[^\n]* | /\*.*?\*/)
  | (?P<raw>(?:u8|[uUL])?R"(?P<fence>[^\s()\\]{0,16})\(.*?\)(?P=fence)")
  | (?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
  | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
  | (?P<char>(?:u8|[uUL])?'(?:\\.|[^'\\\n])*')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign>::|->|\[\[|.)
    """,
    re.VERBOSE | re.DOTALL,
)
DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(\w*)(?:\\\n|[^\n])*")
NOT_CODE = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | R"([^\s()\\]{0,16})\(.*?\)\1" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])'""",
    re.VERBOSE | re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class Token:
    text: str
    line: int
    kind: str


def blank(text):
    """As many lines, nothing on them."""
    return "\n" * text.count("\n")


def without_directives(text):
    """Drops preprocessor lines; of the branches of a conditional only the first stays, so that braces match."""
    kept, branches, position = [], [], 0
    for line_start in line_starts_outside_strings(text):
        if line_start < position:
            continue
        found = DIRECTIVE.match(text, line_start)
        if not found:
            continue
        between = text[position:line_start]
        kept.append(between if all(branches) else blank(between))
        kept.append(blank(found.group()))
        position = found.end()
        name = found.group(1)
        if name in ("if", "ifdef", "ifndef"):
            branches.append(True)
        elif name in ("else", "elif") and branches:
            branches[-1] = False
        elif name == "endif" and branches:
            branches.pop()
    kept.append(text[position:])
    return "".join(kept)


def line_starts_outside_strings(text):
    inside = [found.span() for found in NOT_CODE.finditer(text) if "\n" in found.group()]
    starts = [0] + [found.end() for found in re.finditer(r"\n", text)]
    for start in starts:
        while inside and inside[0][1] <= start:
            inside.pop(0)
        if not inside or start <= inside[0][0]:
            yield start


def tokens(text):
    text = without_directives(text)
    found, line, in_attribute = [], 1, False
    for match in TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "fence" else "raw"
        value = match.group()
        if kind != "skip" and not in_attribute and value != "[[":
            found.append(Token(value, line, "string" if kind == "raw" else kind))
        if value == "[[":
            in_attribute, previous = True, ""
        elif in_attribute:
            in_attribute = not (value == "]" and previous == "]")
            previous = value
        line += value.count("\n")
    return found
