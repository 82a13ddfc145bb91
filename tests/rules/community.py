#!/usr/bin/env python3
"""Published rule files in Sonde and in promtool: both load each, and render every alert's labels and annotations alike.

The files are other people's and not here: SONDE_COMMUNITY_RULES names a folder of them (*.yml, at any depth), such as
`dist/rules` of https://github.com/samber/awesome-prometheus-alerts. So that each alert fires, its expression becomes a
series that is always there.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77  # ctest's SKIP_RETURN_CODE

_SERIES = 'present{instance="box:9100",job="node",device="sda",mountpoint="/srv",namespace="n",pod="p"}'
_FIRED = re.compile(r"Labels:(\{.*\})\n\s+Annotations:(\{.*\})")
_PAIR = re.compile(r'([a-zA-Z_]\w*)=("(?:[^"\\]|\\.)*")')


def run(*command, cwd=None):
    return subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)


def pairs(text):
    """Of promtool's spelling of labels."""
    return {name: json.loads(value) for name, value in _PAIR.findall(text)}


class RenderedFile:
    """One file, in a folder of its own, with a unit test of each of its alerts."""

    def __init__(self, path, folder):
        import yaml

        self._yaml = yaml
        self._folder = folder
        document = yaml.safe_load(path.read_text())
        self.alerts = []
        for group in document["groups"]:
            group.pop("interval", None)
            group["rules"] = group["rules"] or []
            for rule in group["rules"]:
                if "alert" in rule:
                    rule["expr"] = "present * 1"
                    rule.pop("for", None)
                    self.alerts.append(rule["alert"])
        (folder / "rules.yml").write_text(yaml.safe_dump(document))

    def _write(self, expected):
        checks = [{"eval_time": "5m", "alertname": name, "exp_alerts": expected.get(name, [])}
                  for name in sorted(set(self.alerts))]
        test = {"interval": "1m", "input_series": [{"series": _SERIES, "values": "42.4242x10"}],
                "alert_rule_test": checks}
        document = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}
        (self._folder / "test.yml").write_text(self._yaml.safe_dump(document))

    def compare(self, sonde):
        """(how many alerts promtool renders, what Sonde finds different)."""
        self._write({})
        told = run("promtool", "test", "rules", "test.yml", cwd=self._folder)
        expected, count = {}, 0
        for labels, annotations in _FIRED.findall(told.stdout + told.stderr):
            labels = pairs(labels)
            expected.setdefault(labels.pop("alertname"), []).append(
                {"exp_labels": labels, "exp_annotations": pairs(annotations)})
            count += 1
        self._write(expected)
        ours = run(sonde, "rules", "test", "test.yml", cwd=self._folder)
        return count, "" if ours.returncode == 0 else ours.stdout + ours.stderr


def check(sonde, paths):
    """How many files differ."""
    alerts = differing = 0
    for path in paths:
        loads = [run(sonde, "rules", "check", path), run("promtool", "check", "rules", path)]
        with tempfile.TemporaryDirectory(prefix="sonde-community-") as name:
            rendered = RenderedFile(path, pathlib.Path(name))
            count, difference = rendered.compare(sonde) if rendered.alerts else (0, "")
        if loads[0].returncode != loads[1].returncode or count != len(rendered.alerts) or difference:
            differing += 1
            print(f"{path}: {loads[0].stdout}{loads[0].stderr}\npromtool: {loads[1].stdout}{loads[1].stderr}\n"
                  f"{count} of {len(rendered.alerts)} alerts rendered by promtool\n{difference}")
        alerts += count
    print(f"{len(paths)} files, {alerts} alerts, {differing} files that differ")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sonde", required=True, type=lambda path: pathlib.Path(path).resolve())
    arguments = parser.parse_args()
    folder = os.environ.get("SONDE_COMMUNITY_RULES")
    lacking = "promtool is not installed" if not shutil.which("promtool") else ""
    if not folder:
        lacking = "SONDE_COMMUNITY_RULES does not name a folder of published rule files"
    if lacking:
        print(f"SKIPPED: {lacking}: NOBODY HAS CHECKED them")
        sys.exit(SKIPPED)
    paths = sorted(pathlib.Path(folder).resolve().rglob("*.yml"))
    if not paths:
        sys.exit(f"there is no *.yml below {folder}")
    sys.exit(1 if check(arguments.sonde, paths) else 0)


if __name__ == "__main__":
    main()
