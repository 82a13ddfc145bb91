"""Shows every checker a tree that it must refuse, and one that it must accept."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import cpp_functions

HERE = pathlib.Path(__file__).resolve().parent
LAYERS = {
    "modules": [{"name": name, "does": f"does {name}"} for name in ("base", "capture", "decode", "rules", "cli", "app")],
    "bpf": ["wire", "base", "emit"],
    "wire_readers": ["capture", "decode"],
    "skeleton_readers": ["capture"],
}


class Tree:
    """A repository of a few files in a temporary directory."""

    def __init__(self, test, tree):
        directory = tempfile.TemporaryDirectory()
        test.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        for name, text in {"tests/arch/layers.json": json.dumps(LAYERS), **tree}.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, checker, *arguments):
        command = [sys.executable, HERE / checker, "--root", self.root, *arguments]
        return subprocess.run(command, capture_output=True, text=True)


class CheckerTest(unittest.TestCase):
    def accepts(self, checker, tree, *arguments):
        done = Tree(self, tree).run(checker, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def refuses(self, checker, tree, *expected):
        done = Tree(self, tree).run(checker)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for text in expected:
            self.assertIn(text, done.stdout)


class Includes(CheckerTest):
    HEADERS = {
        f"userspace/{name}": "#pragma once\n"
        for name in ("base/a.h", "capture/types.h", "decode/types.h", "decode/b.h", "rules/types.h", "app/c.h")
    }

    def source(self, name, line):
        return {**self.HEADERS, f"userspace/{name}": f"\n{line}\n"}

    def test_accepts_what_the_layers_allow(self):
        for name, line in (
            ("rules/x.cpp", '#include "decode/types.h"'),
            ("rules/x.cpp", '#include "base/a.h"'),
            ("rules/x.cpp", "#include <vector>"),
            ("rules/x.cpp", '// #include "app/c.h"'),
            ("decode/x.cpp", '#include "decode/b.h"'),
            ("decode/x.cpp", '#include "wire/traffic.h"'),
            ("capture/x.cpp", '#include "traffic.skel.h"'),
            ("app/x.cpp", '#include "decode/b.h"'),
        ):
            with self.subTest(line, file=name):
                self.accepts("check_includes.py", self.source(name, line))

    def test_refuses_what_they_forbid(self):
        for name, line, why in (
            ("decode/x.cpp", '#include "rules/types.h"', "rules comes after decode"),
            ("rules/x.cpp", '#include "decode/b.h"', "nothing of decode but decode/types.h"),
            ("cli/x.cpp", '#include "decode/b.h"', "nothing of decode but decode/types.h"),
            ("cli/x.cpp", "#include <decode/b.h>", "nothing of decode but decode/types.h"),
            ("cli/x.cpp", '  #  include "app/c.h"', "app is the top"),
            ("base/x.cpp", '#include "capture/types.h"', "capture comes after base"),
            ("rules/x.cpp", '#include "types.h"', "starts with the name of a module"),
            ("rules/x.cpp", '#include "rules/gone.h"', "there is no userspace/rules/gone.h"),
            ("rules/x.cpp", '#include "wire/traffic.h"', "only capture, decode"),
            ("decode/x.cpp", '#include "traffic.skel.h"', "only capture may include a skeleton"),
            ("app/x.cpp", '#include "wire/traffic.h"', "only capture, decode"),
            ("nowhere/x.cpp", "", "nowhere is no module"),
        ):
            with self.subTest(line, file=name):
                self.refuses("check_includes.py", self.source(name, line), f"userspace/{name}:", why)

    def test_names_the_line(self):
        tree = self.source("base/x.cpp", '/* two\nlines */\n#include "app/c.h"')
        self.refuses("check_includes.py", tree, "userspace/base/x.cpp:4: includes app/c.h")

    def test_refuses_a_header_without_pragma_once(self):
        self.refuses("check_includes.py", {"userspace/base/a.h": "// #pragma once\n"}, "base/a.h:1: a header has")

    def test_refuses_an_upward_include_in_bpf(self):
        tree = {"bpf/include/base/loss.h": '#include "emit/ring.h"\n'}
        self.refuses("check_includes.py", tree, "bpf/include/base/loss.h:1: includes emit/ring.h: emit is above base")
        self.accepts("check_includes.py", {"bpf/include/emit/ring.h": '#include "base/loss.h"\n'})


class Limits(CheckerTest):
    def test_accepts_a_file_at_every_limit(self):
        body = "  x();\n" * 58
        nested = "void g(int a, int b, int c, int d, int e) { if (a) { for (;;) { while (b) { c(); } } } }\n"
        self.accepts("check_limits.py", {"userspace/base/a.cpp": f"void f() {{\n{body}}}\n{nested}" + "\n" * 339})

    def test_refuses_what_is_too_large(self):
        for name, text, why in (
            ("a.cpp", "\n" * 401, "a.cpp:401: the file has 401 lines"),
            ("a.cpp", "void f() {\n" + "  x();\n" * 59 + "}\n", "a.cpp:1: f has 61 lines"),
            ("a.h", "struct S {\n  int f(int a, int b, M<int, int> c, int d, int e, int g) { return 1; }\n};\n", "f takes 6"),
            ("a.cpp", "void f() {\n  if (a)\n    for (;;)\n      if (b)\n        while (c)\n          d();\n}\n", "a.cpp:6: f nests 4"),
            ("a.cpp", "void f() {\n", "cannot be read"),
        ):
            with self.subTest(why):
                self.refuses("check_limits.py", {f"userspace/base/{name}": text}, why)

    def test_refuses_a_conditional_in_a_sensor_only(self):
        self.refuses("check_limits.py", {"bpf/a.bpf.c": "\n #ifdef X\n#endif\n"}, "bpf/a.bpf.c:2: no conditional")
        self.accepts("check_limits.py", {"bpf/include/base/a.h": "#ifdef X\n#endif\n"})

    def test_looks_at_tests_and_scripts(self):
        self.refuses("check_limits.py", {"tests/e2e/a.py": "\n" * 401}, "tests/e2e/a.py:401")
        self.refuses("check_limits.py", {"scripts/dev": "\n" * 401}, "scripts/dev:401")


class Functions(unittest.TestCase):
    """The reader below the limits: one row is a text and the (name, parameters, nesting) it holds."""

    ROWS = (
        ("namespace a { int f(int x, char y) { return x; } }", [("f", 2, 0)]),
        ("int f(void) { if (a) { b(); } else if (c) { d(); } else { e(); } return 0; }", [("f", 0, 1)]),
        ("A::A(int x) : a_{x}, b_(x), c_<int>{} { if (x) y(); }", [("A", 1, 1)]),
        ("template <class T, int N = (1 > 0)> struct S { T get() const { return t; } };", [("get", 0, 0)]),
        ("bool operator()(int a, int b) const { return a < b; }", [("operator()", 2, 0)]),
        ("using a::operator<<;\nint operator-(S s, S t) { return 1; }", [("operator-", 2, 0)]),
        ("S& operator=(S&& o) noexcept { return *this; }", [("operator=", 1, 0)]),
        ("void f(std::map<int, char> a, int b = g(1, 2), T c = {}) {}", [("f", 3, 0)]),
        ("[[nodiscard]] auto f(int a) -> decltype(g(a, a)) { return a; }", [("f", 1, 0)]),
        ("constexpr std::array kA{Row{1, 2}, Row{3, 4}};\nint x{5};\nenum class E { kA, kB };", []),
        ("struct Options { std::chrono::milliseconds window{1000}; int y = 3; };\nvoid f() {}", [("f", 0, 0)]),
        ("static struct conn *get(struct sock *sk) { return 0; }", [("get", 1, 0)]),
        ("struct { __uint(type, X); } map SEC(\".maps\");\nSEC(\"tp_btf/x\") int BPF_PROG(on_x, int a) { return 0; }",
         [("on_x", 1, 0)]),
        ("void f() {\n  g([&](int a) { if (a) { b(); } });\n}", [("f", 0, 1), ("lambda", 1, 0)]),
        ("const auto f = [](int a) { for (;;) {} };", [("lambda", 1, 1)]),
        ("void f() { a[i] = {[0] = 1}; x = y[1]; struct P { int a; }; struct P p = {1}; P{2}; }", [("f", 0, 0)]),
        ("void f() { switch (a) { case k::A: b(); break; case 'x': if (c) d(); } }", [("f", 0, 2)]),
        ("void f() { try { a(); } catch (const E& e) { if (e) b(); } do { c(); } while (d); }", [("f", 0, 2)]),
        ("#if A\nvoid f() {\n#else\nvoid g() {\n#endif\n}", [("f", 0, 0)]),
        ("#define M(x) { \\\n  x {\nvoid f() { int n = 1'000'000; char c = '{'; auto s = R\"(}\n#if)\"; }", [("f", 0, 0)]),
        ("// {\n/* { */ void f() { auto s = \"{\\\"\"; }", [("f", 0, 0)]),
        ("int f() { return SONDE_TRY(g(__extension__({ int a = 1; if (a) b(); a; }))); }", [("f", 0, 1)]),
        ("int f() { bpf_for(i, 0, 3) { if (a) b(); } return 0; }", [("f", 0, 2)]),
        ("extern \"C\" int LLVMFuzzerTestOneInput(const uint8_t* d, size_t n) { return 0; }",
         [("LLVMFuzzerTestOneInput", 2, 0)]),
        ("extern \"C\" { void f(int a) {} }", [("f", 1, 0)]),
        ("struct A final : B<decltype(c(1))> { int f() override { return 1; } };", [("f", 0, 0)]),
    )

    def test_finds_the_functions(self):
        for text, expected in self.ROWS:
            with self.subTest(text):
                found = [(f.name, f.parameters, f.nesting) for f in cpp_functions.functions(text)]
                self.assertEqual(found, expected)

    def test_refuses_braces_that_do_not_match(self):
        for text in ("void f() {", "}", "void f( {}", "namespace a {", "int x{1"):
            with self.subTest(text), self.assertRaises(cpp_functions.Unreadable):
                cpp_functions.functions(text)


class Words(CheckerTest):
    # In pieces, since these files are checked too.
    UNFINISHED, MACHINE, REGISTRY = "TO" + "DO", "/ho" + "me/ann/x", "https://py" + "pi.org/simple"

    def test_refuses(self):
        for name, text, why in (
            ("docs/a.md", f"x\n{self.UNFINISHED}: later", "docs/a.md:2"),
            ("scripts/run", f"cd {self.MACHINE}", "a path of one machine"),
            ("tests/e2e/a.py", f"get('{self.REGISTRY}')", "a package registry"),
            ("userspace/base/util.h", "", "does not say what is in it"),
            (".ci/run", self.MACHINE, ".ci/run:1"),
        ):
            with self.subTest(name):
                self.refuses("check_words.py", {name: text}, why)

    def test_accepts(self):
        for text in (f"{self.UNFINISHED} (#12): x", "mktemp sonde.XXXXXX", "https://a.example/ho" + "me/x", "a/wo" + "rk/b"):
            with self.subTest(text):
                self.accepts("check_words.py", {"docs/a.md": text})


class TopLevel(CheckerTest):
    GOOD = {
        **{f"{folder}/x": "" for folder in ("bpf", "userspace", "vendor", "infrastructure", "tests", "docs", "scripts")},
        **{name: "" for name in ("CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md")},
    }

    def test_accepts_what_is_agreed(self):
        self.accepts("check_top_level.py", {**self.GOOD, ".gitignore": "", "build/x": ""})

    def test_refuses_more_and_less(self):
        self.refuses("check_top_level.py", {**self.GOOD, "src/a.cpp": ""}, "src: does not belong")
        self.refuses("check_top_level.py", {**self.GOOD, "notes.txt": ""}, "notes.txt: does not belong")
        less = {name: text for name, text in self.GOOD.items() if name != "LICENSE"}
        self.refuses("check_top_level.py", less, "LICENSE: is missing")


class ModuleTable(CheckerTest):
    def test_refuses_a_stale_table_and_update_mends_it(self):
        tree = Tree(self, {"userspace/README.md": "# Modules\n", "userspace/base/a.h": ""})
        self.assertEqual(tree.run("generate_readme.py", "--check").returncode, 1)
        self.assertEqual(tree.run("generate_readme.py", "--update").returncode, 0)
        self.assertEqual(tree.run("generate_readme.py", "--check").returncode, 0)
        text = (tree.root / "userspace/README.md").read_text()
        self.assertIn("| `base` | does base |\n| `capture` | does capture (not there yet) |\n", text)


class Vendor(CheckerTest):
    GOOD = {
        "vendor/CMakeLists.txt": 'sonde_vendor_pkg(cap libcap 2.66 libcap-dev)\nsonde_vendor_program(CLANG clang clang)\n'
        'sonde_vendor_cmake(gtest GTest 1.12 "libgtest-dev libgmock-dev" gtest)\n',
        "vendor/README.md": "".join(
            f"| {names} | does | 1.0 | MIT | because |\n" for names in ("`libcap-dev`", "`clang`", "`libgtest-dev` `libgmock-dev`")
        ),
        "scripts/lib/packages.sh": "SONDE_BUILD_PACKAGES=(\n  clang libcap-dev\n)\n"
        "SONDE_TEST_PACKAGES=(libgtest-dev libgmock-dev)\n",
    }

    def with_change(self, name, old, new):
        self.assertIn(old, self.GOOD[name])
        return {**self.GOOD, name: self.GOOD[name].replace(old, new)}

    def test_accepts_three_lists_that_agree(self):
        self.accepts("check_vendor.py", self.GOOD)

    def test_refuses_lists_that_differ(self):
        for name, old, new, why in (
            ("vendor/README.md", "`libcap-dev`", "`libcap`", "CMakeLists.txt:1: libcap-dev has no row"),
            ("vendor/README.md", " `libgmock-dev`", "", "CMakeLists.txt:3: libgmock-dev has no row"),
            ("vendor/README.md", "MIT", "", "needs its role"),
            ("scripts/lib/packages.sh", "clang ", "", "does not install clang"),
            ("scripts/lib/packages.sh", "clang ", "clang jq ", "jq has no row"),
        ):
            with self.subTest(why):
                self.refuses("check_vendor.py", self.with_change(name, old, new), why)


class Format(CheckerTest):
    def test_refuses_what_clang_format_would_change(self):
        done = Tree(self, {".clang-format": "BasedOnStyle: Google\n", "userspace/base/a.cpp": "int  x;\n"}).run("check_format.py")
        if done.returncode == 77:
            self.skipTest(done.stdout)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("userspace/base/a.cpp:1: not as clang-format writes it", done.stdout)


class Headers(unittest.TestCase):
    PROJECT = (
        "cmake_minimum_required(VERSION 3.25)\nproject(headers LANGUAGES CXX)\n"
        f"include({HERE / 'headers.cmake'})\nsonde_headers_alone(alone ${{CMAKE_SOURCE_DIR}}/code)\n"
    )

    def build(self, header):
        tree = Tree(self, {"CMakeLists.txt": self.PROJECT, "code/base/a.h": header})
        build = tree.root / "build"
        subprocess.run(["cmake", "-S", tree.root, "-B", build], check=True, capture_output=True)
        done = subprocess.run(["cmake", "--build", build, "--target", "alone"], capture_output=True, text=True)
        return done.returncode

    def test_refuses_a_header_that_needs_another(self):
        self.assertNotEqual(self.build("#pragma once\nstd::string name();\n"), 0)

    def test_refuses_a_header_that_cannot_be_included_twice(self):
        self.assertNotEqual(self.build("struct S {};\n"), 0)

    def test_accepts_a_header_that_stands_alone(self):
        self.assertEqual(self.build("#pragma once\n#include <string>\nstd::string name();\n"), 0)


if __name__ == "__main__":
    unittest.main()
