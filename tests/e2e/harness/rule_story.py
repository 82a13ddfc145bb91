"""An exporter that tells a story, one step a scrape: values, gaps, resets, and scrapes that fail."""

import http.server
import random
import threading

_BOUNDS = ("0.1", "0.5", "2", "+Inf")


def _plateau(first, last, high=90.0, low=20.0):
    return lambda step: high if first <= step <= last else low


def _designed():
    """Temperatures by case; None where there is no sample."""
    high = _plateau(8, 40)
    return {
        "plateau": _plateau(8, 30),
        "blip": _plateau(15, 15),
        "flap": lambda step: 90.0 if step > 6 and step % 2 else 20.0,
        "slow flap": lambda step: 90.0 if step > 6 and step // 4 % 2 else 20.0,
        "gap of one": lambda step: None if step == 20 else high(step),
        "long gap": lambda step: None if 20 <= step < 29 else high(step),
        "gone": lambda step: high(step) if step < 18 else None,
        "late": lambda step: 90.0 if step >= 25 else None,
        "not a number": lambda step: float("nan") if 14 <= step < 18 else high(step),
        "infinite": lambda step: float("inf") if 22 <= step < 26 else 20.0,
        "on the threshold": lambda step: 50.0 if step % 6 < 3 else 50.5,
        "twice": lambda step: 85.0 if 8 <= step < 16 or 19 <= step < 30 else 20.0,
    }


def _wandering(chance, steps):
    value, values = 45.0, []
    for _ in range(steps):
        value = min(100.0, max(0.0, value + chance.uniform(-20, 20)))
        values.append(None if chance.random() < 0.1 else round(value, 3))
    return lambda step: values[min(step, steps - 1)]


def _counting(chance, steps):
    value, values = 1000.0, []
    for _ in range(steps):
        value = chance.uniform(0, 5) if chance.random() < 0.05 else value + chance.choice((0, 0, 3, 12, 40))
        values.append(value)
    return lambda step: values[min(step, steps - 1)]


class RuleStory:
    """What the page shows at each step."""

    def __init__(self, seed, steps, failing=()):
        chance = random.Random(seed)
        self.steps = steps
        self.failing = frozenset(failing)
        self._temperatures = _designed()
        self._temperatures.update({f"random {number}": _wandering(chance, steps) for number in range(8)})
        self._requests = {code: _counting(chance, steps) for code in ("200", "404", "500")}
        self._buckets = [_counting(chance, steps) for _ in _BOUNDS]

    def page(self, step):
        """In Prometheus' text format."""
        lines = [f'temperature{{case="{case}"}} {value!r}' for case, value in
                 ((case, value_at(step)) for case, value_at in self._temperatures.items()) if value is not None]
        lines += [f'requests_total{{code="{code}"}} {value_at(step)!r}' for code, value_at in self._requests.items()]
        total = 0.0
        for bound, value_at in zip(_BOUNDS, self._buckets):
            total += value_at(step)
            lines.append(f'latency_bucket{{le="{bound}"}} {total!r}')
        return "\n".join(lines) + "\n"


class StoryTeller:
    """Serves the story on a port of its own; each request is the next step."""

    def __init__(self, story):
        self._step = 0
        teller = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One scrape."""

            def do_GET(self):
                """The next step."""
                step = teller.advance()
                body = story.page(step).encode()
                self.send_response(500 if step in story.failing else 200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                """Says nothing."""

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def step(self):
        """How many have been told."""
        return self._step

    def advance(self):
        """The step that is told now."""
        self._step += 1
        return self._step - 1

    def stop(self):
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
