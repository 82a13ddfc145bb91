"""Writes sources that include several others each, so that what all of them include is parsed once for a batch.

    batch_sources.py DIRECTORY HEADERS SOURCE...

prints the batches' paths, which are in DIRECTORY; HEADERS are directories. Sources are in different batches if both give
the same name to something of their own (in an unnamed namespace, static, or by #define), or if one so names what the
other may know from a header: then each compiles as it would alone. One that has the line `// compiled alone: WHY` is.
"""

import pathlib
import re
import sys

_MOST_SOURCES = 12
_SEPARATOR = re.compile(r"(?<=\d)'(?=\d)")
_NOISE = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
_DEFINE = re.compile(r"#[ \t]*define[ \t]+(\w+)")
_ALONE = re.compile(r"^// compiled alone: ", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")
_ATTRIBUTE = re.compile(r"\[\[.*?\]\]", re.DOTALL)
_TYPE = re.compile(r"\b(?:struct|class|enum(?:\s+class)?|union|namespace)\s+(\w+)")
_USING = re.compile(r"^using\b(?:\s+(\w+)\s*=)?")
_SPACE = re.compile(r"\b(?:inline\s+)?namespace(?:\s+[\w:]+)?\s*$")
_UNNAMED = re.compile(r"\bnamespace\s*$")


def _without_templates(text):
    """Without what is between < and >."""
    shorter = re.sub(r"<[^<>()]*>", "", text)
    while shorter != text:
        text, shorter = shorter, re.sub(r"<[^<>()]*>", "", shorter)
    return text


def _declared(statement):
    """The names that a declaration, up to its body or value, may be the first to give."""
    statement = _without_templates(_ATTRIBUTE.sub(" ", statement)).strip()
    if using := _USING.match(statement):
        return {using[1]} - {None}  # of what is elsewhere, two may say the same
    if kind := _TYPE.search(statement.split("(")[0]):
        return {kind[1]}
    words = _WORD.findall(re.split(r"[(\[=]", statement)[0])
    if words and words[-1].isupper():  # a macro such as TEST(Suite, Case) or MATCHER(Name, "...")
        return set(_WORD.findall(statement)[1:2]) if words[-1].startswith("MATCHER") else set()
    return set(words[-1:])


def _levels(text):
    """Each declaration outside functions and types: its text, and whether it is in an unnamed namespace."""
    spaces, depth, start = [], 0, 0
    for mark in re.finditer(r"[{};]", text):
        head = text[start:mark.start()]
        if mark[0] == "{":
            if depth == 0 and _SPACE.search(head):
                spaces.append(bool(_UNNAMED.search(head)) or (bool(spaces) and spaces[-1]))
                start = mark.end()
                continue
            if depth == 0:
                yield head, bool(spaces) and spaces[-1]
            depth += 1
        elif mark[0] == "}":
            if depth:
                depth -= 1
            elif spaces:
                spaces.pop()
            if depth == 0:
                start = mark.end()
        elif depth == 0:
            if head.strip():
                yield head, bool(spaces) and spaces[-1]
            start = mark.end()


def names_of(text):
    """Of a source or header: what it defines as a macro, what it names for itself alone, all it names outside functions
    and types, and all its words."""
    macros = set(_DEFINE.findall(text))
    text = _NOISE.sub(" ", _SEPARATOR.sub("", text))
    own, all_names = set(macros), set()
    for statement, unnamed in _levels(_DIRECTIVE.sub(" ", text)):
        names = _declared(statement)
        all_names |= names
        if unnamed or re.match(r"\s*static\b", statement) or _USING.match(statement.strip()):
            own |= names
    return macros, own, all_names, set(_WORD.findall(text))


class Headers:
    """Those below some directories."""

    def __init__(self, directories):
        self.names = set()  # that they give to something outside functions and types
        self._words = {}  # by what an #include calls the header
        for directory in map(pathlib.Path, directories):
            for path in directory.rglob("*.h"):
                _, _, names, words = names_of(path.read_text(encoding="utf-8"))
                self.names |= names
                self._words[str(path.relative_to(directory))] = words

    def shared_words(self, text, words, macros):
        """What a source may know from a header, or one that it includes."""
        known = set(words)
        for included in _INCLUDE.findall(text):
            known |= self._words.get(included, set())
        return known & (self.names | macros)


class Batch:
    """Sources that compile together as they would alone."""

    def __init__(self):
        self.paths = []
        self._own = set()
        self._minds = set()  # may be named by none of the others for itself
        self._is_closed = False

    def take(self, path, own, minds, is_alone):
        """True if it has room for the source, which is then of it."""
        is_full = self._is_closed or len(self.paths) == _MOST_SOURCES or (is_alone and self.paths)
        if is_full or self._own & (own | minds) or own & self._minds:
            return False
        self._is_closed = is_alone
        self.paths.append(path)
        self._own |= own
        self._minds |= minds
        return True


def batches_of(sources, headers):
    """Lists of paths."""
    batches = []
    texts = {path: pathlib.Path(path).read_text(encoding="utf-8") for path in sources}
    found = {path: names_of(text) for path, text in texts.items()}
    macros = set().union(*(names[0] for names in found.values()))
    for path, (_, own, _, words) in found.items():
        minds = headers.shared_words(texts[path], words, macros)
        is_alone = bool(_ALONE.search(texts[path]))
        if not any(batch.take(path, own, minds, is_alone) for batch in batches):
            batches.append(Batch())
            batches[-1].take(path, own, minds, is_alone)
    return [batch.paths for batch in batches]


def main(directory, headers, *sources):
    """Leaves alone what is as it should be, so that nothing is compiled for nothing."""
    folder = pathlib.Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for number, batch in enumerate(batches_of(sorted(sources), Headers(headers.split(":")))):
        path = folder / f"batch_{number}.cpp"
        text = "".join(f'#include "{source}"\n' for source in batch)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
