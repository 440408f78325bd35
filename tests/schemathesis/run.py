#!/usr/bin/env python3
"""Asks a whole shop everything that its own description allows, and much that it forbids.

    run.py [--examples N] [--chains N] [--seed N] [--report FOLDER]

A shop of its own is started with the sample products and without limits on how often one caller may ask; an admin makes an API
key, and schemathesis reads /openapi.json and makes requests of it: first for every operation the edges of each rule and N random
ones, then N chains of up to 20 requests along the links. Whatever is answered has to be what the description says.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target"
BINARY = pathlib.Path(os.environ.get("SHELF_BIN", TARGET / "debug" / "shelf"))
TOOL = pathlib.Path(os.environ.get("SCHEMATHESIS", TARGET / "tools" / "schemathesis" / "bin" / "schemathesis"))
LOGIN, PASSWORD = "ada@shop.example", "correct horse battery staple"
# One caller asks as fast as it can, which is what the rates are there to prevent; other tests hold them.
UNLIMITED = [
    f"--catalog-{what}-{how}"
    for what in ("reads", "searches", "writes")
    for how in ("per-second", "at-once")
]


class Shop:
    """A running shop with an account and an API key."""

    def __init__(self, folder):
        options = ["--data-dir", folder, "--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"]
        options += [part for flag in UNLIMITED for part in (flag, "1000000")]
        self._log = open(pathlib.Path(folder) / "shop.log", "w", encoding="utf-8")
        self._process = subprocess.Popen([BINARY, *options], stdout=subprocess.PIPE, stderr=self._log, text=True)
        told = {}
        while "setup" not in told:
            name, _, value = next(self._process.stdout).strip().partition(": ")
            told[name] = value
        self.origin = told["shop"]
        account = {"token": told["setup"].partition("#")[2], "login": LOGIN, "password": PASSWORD, "displayName": "Ada"}
        self.user = self.call("/v1/users:redeemSetupToken", account)["name"]
        session = self.call("/v1/sessions", {"login": LOGIN, "password": PASSWORD})
        self.session = session["name"]
        key = {"displayName": "Everything", "role": "ROLE_ADMIN"}
        made = self.call("/v1/apiKeys", key, session["token"])
        self.key, self.secret = made["name"], made["secret"]

    def call(self, path, body, token=None):
        """A JSON call; anything but success ends the run."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.origin + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def close(self):
        self._process.terminate()
        ended = self._process.wait(60)
        self._log.close()
        return ended


# What may be refused is asked without chains: in one, a refusal that is right would be its end. What becomes of what was deleted is a check
# of hooks.py.
ELSEWHERE = "positive_data_acceptance,negative_data_rejection,ignored_auth,use_after_free"
CHAINS = ["--phases", "stateful", "--exclude-checks", ELSEWHERE]
# How many chains a run makes at most. What it has drawn before it draws again, and when the shop answers otherwise by then, the run is
# over without a word: many short ones get further than a long one.
PORTION = 20


def chains(shop, options):
    """All chains, in runs whose seeds follow one another; whether one of them failed."""
    portions = range(0, options.chains, PORTION)
    runs = [schemathesis(shop, options, min(PORTION, options.chains - at), CHAINS, at) for at in portions]
    return any(runs)


def schemathesis(shop, options, examples, phases, further=0):
    command = [TOOL, "--config-file", HERE / "schemathesis.toml", "run", f"{shop.origin}/openapi.json"]
    # A stream does not end by itself; tests/stories/watch.rs reads it.
    command += ["--exclude-path", "/v1/products:watch"]
    command += ["--checks", "all", "--seed", str(options.seed + further), "--max-examples", str(examples), "--no-color"]
    command += ["--output-truncate", "false", "--output-sanitize", "false", "--warnings", "off"]
    command += ["--header", f"Authorization: Bearer {shop.secret}"]
    if options.report:
        command += ["--report", "ndjson", "--report-dir", options.report]
    command += [*phases, *options.more]
    # What must not be taken away from under the run itself.
    kept = {"SHELF_KEPT": " ".join([shop.user, shop.session, shop.key])}
    environment = {**os.environ, **kept, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    return subprocess.run(command, env=environment, cwd=shop.folder, check=False).returncode


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--examples", type=int, default=20, help="random requests for each operation")
    reader.add_argument("--chains", type=int, default=20, help="chains along the links")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--report", help="a folder for everything that was asked and answered")
    reader.add_argument("more", nargs="*", help="further options of schemathesis, after --")
    options = reader.parse_args()
    for program, remedy in ((BINARY, "cargo build"), (TOOL, "make tools")):
        if not program.is_file():
            sys.exit(f"there is no {program}: run `{remedy}`")
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(folder)
        shop.folder = folder
        try:
            failed = schemathesis(shop, options, options.examples, ["--phases", "coverage,fuzzing"])
            failed = chains(shop, options) or failed
        finally:
            ended = shop.close()
        if ended != 0:
            sys.exit(f"the shop ended with {ended}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
