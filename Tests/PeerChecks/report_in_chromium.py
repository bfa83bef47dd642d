#!/usr/bin/env python3
"""Opens a report in headless Chromium from the disk, uses it as a reader would, and prints it.

    python3 Tests/PeerChecks/report_in_chromium.py RUN/report.html --output pictures

Fails on any error or warning in the console, any request but those for the file and its data URIs,
and on a control that does not do what it says. Writes screenshots, the printed PDF and, with
pdftoppm, its pages. Needs chromium (Debian: apt-get install chromium poppler-utils) and Python alone:
the browser is driven by the DevTools protocol over a pipe.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


class Browser:
    """Chromium by its DevTools pipe: JSON messages that end in a zero byte, on descriptors 3 and 4."""

    def __init__(self, program, profile):
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()

        def descriptors():
            # Moved out of the way first: one of the pipes may hold 3 or 4 already.
            reading, writing = os.dup(to_read), os.dup(to_write)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--no-first-run", "--disable-component-update", "--disable-background-networking",
             "--force-device-scale-factor=1", "--hide-scrollbars", f"--user-data-dir={profile}",
             "about:blank"],
            preexec_fn=descriptors, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.complaints = []
        self.requests = []
        self.loaded = False

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to_browser, data):]
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def message(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.from_browser, 1 << 20)
            if not piece:
                raise RuntimeError("the browser went away")
            self.buffer += piece
        data, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(data)
        self.notice(message.get("method"), message.get("params", {}))
        return message

    def notice(self, method, parameters):
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(
                details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(f"console.{parameters['type']}: {parameters['args']}")
        elif method == "Log.entryAdded":
            entry = parameters["entry"]
            self.complaints.append(f"{entry['level']}: {entry['text']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True

    def open(self, url, scripts=True):
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.loaded = False
        self.call("Page.navigate", url=url)
        while not self.loaded:
            self.message()

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def screenshot(self, path, selector=None):
        if selector:
            clip = self.evaluate(
                f"(() => {{ const box = document.querySelector({json.dumps(selector)})"
                ".getBoundingClientRect(); return {x: box.x + scrollX, y: box.y + scrollY,"
                " width: box.width, height: Math.min(box.height, 6000), scale: 1}; })()")
            picture = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        else:
            picture = self.call("Page.captureScreenshot")
        Path(path).write_bytes(base64.b64decode(picture["data"]))

    def drag(self, selector, start, end):
        """Presses, moves and releases the mouse on an element, at shares of its width."""
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            " return [b.x, b.y, b.width, b.height]; })()")
        y = box[1] + box[3] / 2
        for kind, share in [("mousePressed", start), ("mouseMoved", (start + end) / 2),
                            ("mouseMoved", end), ("mouseReleased", end)]:
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0] + share * box[2], y=y,
                      button="left", buttons=0 if kind == "mouseReleased" else 1, clickCount=1)

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)


CHECKS = []


def check(is_right, text):
    CHECKS.append((bool(is_right), text))
    print(("ok    " if is_right else "WRONG ") + text)


def shown(selector):
    return (f"Array.from(document.querySelectorAll({json.dumps(selector)}))"
            ".filter(e => e.getClientRects().length > 0).length")


def use(browser, url, output):
    browser.open(url)
    browser.size(1280, 800)
    browser.screenshot(output / "top.png")
    for section in ["study", "summary", "charts", "masks", "limits", "provenance"]:
        browser.screenshot(output / f"{section}.png", f"#{section}")
    check(browser.evaluate("document.body.innerText.includes('Not for diagnostic use')"),
          "the warning shows")
    check(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          "nothing is wider than the window")

    regions = browser.evaluate(
        "Array.from(document.querySelectorAll('input[name=region]')).map(e => e.value)")
    for region in regions:
        browser.evaluate(f"document.querySelector('input[name=region][value={region}]').click()")
        check(browser.evaluate(shown(f"[data-region={region}]")) > 0
              and browser.evaluate(shown(f"[data-region]:not([data-region={region}])")) == 0,
              f"region {region} alone shows when it is chosen")
    metrics = browser.evaluate(
        "Array.from(document.querySelectorAll('input[name=metric]')).map(e => e.value)")
    for metric in metrics:
        count = browser.evaluate(shown(f"[data-metric={metric}]"))
        browser.evaluate(f"document.querySelector('input[name=metric][value={metric}]').click()")
        after = browser.evaluate(shown(f"[data-metric={metric}]"))
        check((count == 0) != (after == 0), f"the metric {metric} can be switched")
    browser.screenshot(output / "other-metrics.png", "#charts")

    cases = browser.evaluate("document.querySelectorAll('.case').length")
    if cases:
        browser.evaluate("document.querySelector('.case').setAttribute('id', 'first-case')")
        before = browser.evaluate("document.querySelector('#first-case .over').style.clipPath")
        browser.drag("#first-case .pane .stack", 0.5, 0.2)
        after = browser.evaluate("document.querySelector('#first-case .over').style.clipPath")
        slider = float(browser.evaluate("document.querySelector('#first-case input').value"))
        check(before != after and abs(slider - 20) < 2, "dragging moves the edge")
        labels = browser.evaluate(
            "Array.from(document.querySelectorAll('#first-case [data-method]'))"
            ".map(e => e.textContent)")
        sources = set()
        for index in range(len(labels)):
            browser.evaluate(
                f"document.querySelectorAll('#first-case [data-method]')[{index}].click()")
            sources.add(browser.evaluate(
                "document.querySelector('#first-case .over').src"
                " + document.querySelectorAll('#first-case .pane')[1].querySelector('img').src"))
            check(browser.evaluate(
                "document.querySelector('#first-case [aria-pressed=true]').textContent")
                == labels[index], f"the button {labels[index]} is pressed when it is")
        check(len(sources) == len(labels), "each method has pictures of its own")
        check(browser.evaluate(
            "Array.from(document.querySelectorAll('.viewer img')).every(e => e.naturalWidth > 0)"),
            "all pictures of the viewers can be read")
        browser.screenshot(output / "case.png", "#first-case")
        browser.evaluate("document.querySelector('#first-case .zoom').click()")
        browser.evaluate("document.querySelector('#first-case .frame').scrollTop = 0")
        time.sleep(0.3)
        check(browser.evaluate(
            "(() => { const f = document.querySelectorAll('#first-case .frame');"
            " return f[0].scrollWidth > 1.9 * f[0].clientWidth && f[1].scrollTop === 0; })()"),
            "zoom enlarges, and both pictures scroll together")
        browser.screenshot(output / "zoom.png", "#first-case")
        browser.evaluate(
            "document.querySelector('#first-case .zoom').click();"
            "document.querySelector('#first-case .zoom').click()")
    else:
        check(browser.evaluate("document.querySelector('#cases .note').textContent.length") > 20,
              "the report says why it shows no cases")
    browser.evaluate("document.querySelectorAll('nav input').forEach(e => {"
                     " if (e.checked !== e.defaultChecked) e.click(); })")
    browser.size(1024, 700)
    check(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          "nothing is wider than a small laptop's window")
    browser.screenshot(output / "small.png")

    printed = browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
    (output / "report.pdf").write_bytes(base64.b64decode(printed["data"]))
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", "60", "-png", output / "report.pdf", output / "page"],
                       check=True)

    browser.open(url, scripts=False)
    browser.size(1280, 800)
    for selector in ["#summary table", "#charts svg"]:
        check(browser.evaluate(shown(selector))
              == browser.evaluate(f"document.querySelectorAll('{selector}').length") > 0,
              f"without scripts every {selector} shows")
    if cases:
        check(browser.evaluate(shown(".sheet")) == cases, "without scripts all pictures show")
        browser.screenshot(output / "no-scripts-case.png", ".case")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("--output", type=Path, default=Path("report-pictures"))
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium-browser")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    url = options.report.resolve().as_uri()
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(options.chromium, profile)
        try:
            use(browser, url, options.output)
        finally:
            browser.close()
    check(not browser.complaints, f"the console is silent {browser.complaints[:3]}")
    others = [u for u in browser.requests
              if u not in (url, "about:blank") and not u.startswith("data:")]
    check(not others, f"nothing but the file is asked for {others[:3]}")
    sys.exit(0 if all(is_right for is_right, _ in CHECKS) else 1)


main()
