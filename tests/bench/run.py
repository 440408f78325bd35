#!/usr/bin/env python3
"""Builds Shelf as it is shipped, measures it, and writes tests/bench/RESULTS.md.

    run.py [--quick] [--data PRODUCTS [--judgements FILE]] [--large COUNT] [--shop FOLDER] [--write FILE]

The calls are measured with products that the program makes, of the size that the targets are meant for; with PRODUCTS, a file for
`shelf load` or icecat-products.jsonl.gz, again with those. `make bench DATA=PRODUCTS` passes one on. A shop of COUNT made products, 1,000,000 unless the run is quick, is stocked once for all
that needs it; with FOLDER it is kept, and taken up again by the next run. Nothing but this machine is talked to.
"""

import argparse
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# What is shipped, with all its optimizations; the floors are built with them, too.
PROFILE = "dist"
PACKAGES = ["shelf", "catalog-service", "gateway", "tests"]
EXPRESS = HERE / "express"
# A workspace of its own, so that what the transcoder is compared with changes nothing that Shelf is built from.
TRANSCODING = HERE / "transcoding"


def main():
    options = arguments()
    node = node_for_express()
    build = ["cargo", "build", f"--profile={PROFILE}", "--locked", "--bins"]
    subprocess.run(build + [f"--package={package}" for package in PACKAGES], cwd=ROOT, check=True)
    command = [target() / PROFILE / "bench", "--node", node]
    command += [f"--about={line}" for line in circumstances()]
    if options.quick:
        command.append("--quick")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = ["--data", lines(options.data, folder)] if options.data else []
        shop = options.shop or folder / "large"
        large = ["--large", str(options.large), "--shop", shop] if options.large else []
        subprocess.run(command + large + ["--write", options.write], check=True)
        with open(options.write, "a", encoding="utf-8") as results:
            results.write(search(options, data, shop))
            results.write("\n" + transcoding(options))
            results.write("\n" + given(command, data, folder) if data else "")
    print(f"written to {options.write}")


def arguments():
    parser = argparse.ArgumentParser(description="Measures Shelf on this machine.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: about two minutes")
    parser.add_argument("--data", default=os.environ.get("DATA"), help="products to measure with", metavar="PRODUCTS")
    parser.add_argument("--judgements", help="what people have judged of PRODUCTS: query, product, rating", metavar="FILE")
    parser.add_argument("--large", type=int, help="how many products the large made shop has; 0: none", metavar="COUNT")
    parser.add_argument("--shop", default=os.environ.get("SHOP"), help="where the large made shop is kept", metavar="FOLDER")
    parser.add_argument("--write", default=HERE / "RESULTS.md", help="where the results go", metavar="FILE")
    options = parser.parse_args()
    if options.large is None:
        options.large = 0 if options.quick else 1_000_000
    return options


def node_for_express():
    """Node.js, with what the Express gateway needs."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        sys.exit("Express is compared with, and needs Node.js: install `node` 20 or later with `npm`, and run this again")
    # Not `npm ci`: that wants every optional package of the lock file, also those for other systems.
    quietly = ["--no-save", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run([npm, "install", *quietly], cwd=EXPRESS, check=True)
    return node


def transcoding(options):
    """What transcoding costs by itself, as a section of the results."""
    build = ["cargo", "build", "--release", "--locked", "--bins", "--manifest-path", TRANSCODING / "Cargo.toml"]
    folder = target() / "transcoding"
    subprocess.run(build + ["--target-dir", folder], cwd=ROOT, check=True)
    command = [folder / "release" / "transcoding"] + (["--quick"] if options.quick else [])
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def given(command, data, folder):
    """The same calls with the given products in fewer and shorter rounds, as a section of the results."""
    section = folder / "given.md"
    quick = [] if "--quick" in command else ["--quick"]
    subprocess.run(command + data + quick + ["--section", "--write", section], check=True)
    return section.read_text(encoding="utf-8")


def search(options, data, shop):
    """What the search by itself does, with the products of the run and with those of the large shop."""
    runs = [data + (["--judgements", options.judgements] if options.judgements else [])]
    if options.large:
        runs.append(["--products", str(options.large), "--folder", shop])
    said = "\n## Search, in a process of its own, one caller\n"
    for arguments in runs:
        command = [target() / PROFILE / "bench", "search", *arguments]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        said += "\n" + "".join(f"* {line}\n" for line in answer.splitlines())
    return said


def target():
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def lines(data, folder):
    """The products as `shelf load` reads them."""
    if not data.endswith(".gz"):
        return data
    converted = folder / "products.jsonl"
    with open(converted, "wb") as out:
        subprocess.run([sys.executable, HERE / "icecat.py", data], stdout=out, check=True)
    return converted


def circumstances():
    changed = said("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!tests/bench/RESULTS.md")
    commit = said("git", "rev-parse", "--short=12", "HEAD") + (", with changes" if changed else "")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return [
        f"{processor()}, {os.cpu_count()} cores, {os.uname().sysname} {os.uname().release}",
        f"commit {commit}; {said('rustc', '--version')}, `--profile {PROFILE}`; {today}",
        f"load average just before: {os.getloadavg()[0]:.1f}",
    ]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as facts:
        names = [line.split(":", 1)[1].strip() for line in facts if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def said(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"`{failure.cmd[0]}` failed")
