"""Finds the functions of a C or C++ file: where they are, how long, how many parameters, how deeply nested.

Reads braces and statements, not the language: enough for code that clang-format has laid out.
"""

import dataclasses

import cpp_tokens

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLASS_WORDS = {"class", "struct", "union"}
LEADING_WORDS = {"static", "inline", "constexpr", "const", "typedef", "extern", "volatile", "friend", "export"}
# Words before parentheses that do not hold parameters.
NOT_A_NAME = {"noexcept", "decltype", "alignas", "alignof", "__attribute__", "requires", "SEC", "explicit", "sizeof"}
GROUP, INIT = "()", "{}"


class Unreadable(Exception):
    """Braces that do not match, or code this reader does not understand."""


@dataclasses.dataclass
class Function:
    name: str
    first_line: int
    last_line: int = 0
    parameters: int = 0
    nesting: int = 0
    deepest_line: int = 0

    @property
    def lines(self):
        return self.last_line - self.first_line + 1


@dataclasses.dataclass(frozen=True)
class Item:
    """One token of a declaration's head, or a parenthesis or brace with what is in it."""

    text: str
    line: int
    inside: tuple = ()


def count_parameters(inside):
    words = [token.text for token in inside]
    if not words or words == ["void"]:
        return 0
    count, depth = 1, 0
    for at, word in enumerate(words):
        if word in "([{" or (word == "<" and at and (words[at - 1].isidentifier())):
            depth += 1
        elif word in ")]}" or (word == ">" and depth):
            depth -= 1
        elif word == "," and depth == 0:
            count += 1
    return count


class Reader:
    def __init__(self, text):
        self.tokens = cpp_tokens.tokens(text)
        self.at = 0
        self.functions = []
        self.current = None

    # Tokens

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead].text if self.at + ahead < len(self.tokens) else ""

    def take(self, expected=None):
        if self.at >= len(self.tokens):
            raise Unreadable(f"the file ends where {expected or 'something'} is missing")
        token = self.tokens[self.at]
        if expected and token.text != expected:
            raise Unreadable(f"line {token.line}: expected {expected}, found {token.text}")
        self.at += 1
        return token

    def take_group(self):
        """What stands between the next opener and its closer."""
        opener = self.take().text
        closers, start = [OPENERS[opener]], self.at
        while closers:
            word = self.take(closers[-1] if self.at >= len(self.tokens) else None).text
            if word in OPENERS:
                closers.append(OPENERS[word])
            elif word == closers[-1]:
                closers.pop()
            elif word in (")", "]", "}"):
                raise Unreadable(f"line {self.tokens[self.at - 1].line}: {word} closes nothing")
        return tuple(self.tokens[start : self.at - 1])

    def skip_angles(self):
        depth = 0
        while True:
            word = self.peek()
            if word == "(":
                self.take_group()
                continue
            self.take()
            depth += (word == "<") - (word == ">")
            if depth == 0:
                return

    # Declarations: a file, a namespace, a class

    def read_scope(self, nested):
        head = []
        while self.at < len(self.tokens):
            word, line = self.peek(), self.tokens[self.at].line
            if word == "}":
                if not nested:
                    raise Unreadable(f"line {line}: }} closes nothing")
                self.take()
                return
            head = self.read_declaration_part(head, word, line)
        if nested:
            raise Unreadable("the file ends where } is missing")

    def read_declaration_part(self, head, word, line):
        """Takes one token or group; returns what the head of the declaration is now."""
        if word == ";" or (word == ":" and head and head[-1].text in ("public", "private", "protected")):
            self.take()
            return []
        if word == "template" and self.peek(1) == "<":
            self.take()
            self.skip_angles()
            return head
        if word == "operator":
            self.take()
            sign = "operator"
            while self.peek() not in ("(", ";") or (sign == "operator" and self.peek(1) == ")"):
                sign += self.take().text
            return [*head, Item("operator", line), Item(sign, line)]
        if word == "=":
            self.skip_expression(0)
            return []
        if word in "([":
            return [*head, Item(GROUP if word == "(" else "[]", line, self.take_group())]
        if word == "{":
            return self.read_braces(head)
        self.take()
        return [*head, Item(word, line)]

    def read_braces(self, head):
        words = [item.text for item in head]
        name = self.find_name(head)
        if name is not None:
            if self.is_member_initialiser(words, name):
                self.take_group()
                return [*head, Item(INIT, head[-1].line)]
            self.read_function(head, name)
            return []
        first = next((word for word in words if word not in LEADING_WORDS), "")
        if "namespace" in words or first in CLASS_WORDS or (words and words[0] == "extern" and first.startswith('"')):
            self.take()
            self.read_scope(nested=True)
            return []
        self.take_group()
        return [] if first == "enum" else [*head, Item(INIT, 0)]

    @staticmethod
    def find_name(head):
        """Index of the item that names a function: the last before its parameters."""
        angles = 0
        for at, item in enumerate(head[1:], 1):
            before = head[at - 1].text
            if item.text == "<" and before.isidentifier():
                angles += 1
            elif item.text == ">" and angles:
                angles -= 1
            named = before.isidentifier() or before.startswith("operator")
            if item.text == GROUP and angles == 0 and named and before not in NOT_A_NAME:
                return at - 1
        return None

    @staticmethod
    def is_member_initialiser(words, name):
        return ":" in words[name + 2 :] and (words[-1].isidentifier() or words[-1] == ">")

    def read_function(self, head, name):
        function = Function(head[name].text, head[0].line)
        function.parameters = count_parameters(head[name + 1].inside)
        if function.name.startswith("BPF_"):  # BPF_PROG(name, parameters...)
            function.name = head[name + 1].inside[0].text
            function.parameters -= 1
        self.read_body(function)

    def read_body(self, function):
        outer, self.current = self.current, function
        self.take("{")
        function.last_line = self.read_block(0)
        self.current = outer
        self.functions.append(function)

    # Statements

    def read_block(self, depth):
        """Reads up to the closing brace, whose line it returns."""
        while self.peek() != "}":
            self.read_statement(depth)
        return self.take("}").line

    def nest(self, depth):
        """A statement that belongs to a condition or a loop."""
        if self.current and depth > self.current.nesting:
            self.current.nesting, self.current.deepest_line = depth, self.tokens[self.at].line
        self.read_statement(depth)

    def read_statement(self, depth):
        word = self.peek()
        if word == "":
            raise Unreadable("the file ends inside a function")
        if word == "{":
            self.take()
            self.read_block(depth)
        elif word == "if":
            self.read_if(depth)
        elif word in ("for", "while", "switch", "catch") or self.is_loop_macro():
            self.take()
            self.read_condition(depth)
            self.nest(depth + 1)
        elif word in ("do", "try"):
            self.take()
            self.nest(depth + 1)
        elif word in ("case", "default"):
            while self.take().text != ":":
                pass
        elif word in CLASS_WORDS and self.is_class_body():
            while self.peek() != "{":
                self.take()
            self.take()
            self.read_scope(nested=True)
        else:
            self.skip_expression(depth)

    def is_loop_macro(self):
        """bpf_for(...) {, as opposed to a call."""
        if self.tokens[self.at].kind != "word" or self.peek(1) != "(":
            return False
        start = self.at
        self.take()
        self.take_group()
        answer = self.peek() == "{"
        self.at = start
        return answer

    def is_class_body(self):
        ahead = 1
        while self.peek(ahead) not in ("", ";", "=", "(", "{"):
            ahead += 1
        return self.peek(ahead) == "{" and (ahead <= 2 or self.peek(2) in (":", "final"))

    def read_if(self, depth):
        self.take("if")
        while self.peek() in ("constexpr", "consteval", "!"):
            self.take()
        if self.peek() == "(":
            self.read_condition(depth)
        self.nest(depth + 1)
        if self.peek() != "else":
            return
        self.take()
        if self.peek() == "if":
            self.read_if(depth)
        else:
            self.nest(depth + 1)

    def read_condition(self, depth):
        self.take("(")
        self.skip_expression(depth, closer=")")

    # Expressions, for the lambdas in them

    def skip_expression(self, depth, closer=";"):
        """Skips to the closer and takes it; leaves a closing brace of the surroundings alone."""
        closers, previous = [closer], None
        while True:
            word = self.peek()
            if word == "[" and self.is_lambda(previous):
                self.read_lambda(depth)
                previous = self.tokens[self.at - 1]
                continue
            if word == "}" and closers == [";"]:
                return
            previous = self.take(closers[-1] if self.at >= len(self.tokens) else None)
            if word == "(" and self.peek() == "{":
                self.take()
                self.read_block(depth)
            if word in OPENERS:
                closers.append(OPENERS[word])
            elif word == closers[-1]:
                closers.pop()
                if not closers:
                    return

    def is_lambda(self, previous):
        if previous and previous.text != "return" and (previous.kind != "sign" or previous.text in (")", "]")):
            return False
        start = self.at
        self.take_group()
        follows = self.peek()
        self.at = start
        return follows in ("(", "{", "mutable", "noexcept", "->", "<")

    def read_lambda(self, depth):
        function = Function("lambda", self.tokens[self.at].line)
        self.take_group()
        if self.peek() == "<":
            self.skip_angles()
        if self.peek() == "(":
            function.parameters = count_parameters(self.take_group())
        while self.peek() not in ("{", ";", ""):
            if self.peek() == "(":
                self.take_group()
            else:
                self.take()
        if self.current is None:
            self.read_body(function)
            return
        # Inside a function, a lambda goes on at the depth of the statement it is part of.
        self.functions.append(function)
        self.take("{")
        function.last_line = self.read_block(depth)


def functions(text):
    reader = Reader(text)
    reader.read_scope(nested=False)
    return sorted(reader.functions, key=lambda function: function.first_line)
