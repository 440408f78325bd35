# The few commands people need; `make help` lists them. The work is done by cargo, npm and the scripts named here.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# What checks and tests need beside Rust; pinned, and kept out of the way of everything else.
TOOLS      := $(CURDIR)/target/tools
GRPCURL    := v1.9.4
GRPCIO     := 1.85.1
SCHEMATHESIS := 4.32.5
HYPOTHESIS := 6.170.17
CARGO_DENY := 0.20.2
CARGO_FUZZ := 0.13.2
GECKODRIVER := 0.37.1
# What is compiled for fuzzing has nothing in common with the rest: a folder of its own, which the three crates share.
FUZZ       := $(CURDIR)/target/fuzz
# `npm install --no-save` and not `npm ci`: the latter wants every optional package of the lock file, also those for other
# systems, which a mirror need not have. buf, the type checker and the browser's driver are pinned by tests/browser/package-lock.json.
NODE       := tests/browser/node_modules/.package-lock.json
LIGHTHOUSE := tests/lighthouse/node_modules/.package-lock.json
NODE_BIN   := tests/browser/node_modules/.bin
# What the transcoder is measured against has nothing in common with the rest, either.
TRANSCODING := tests/bench/transcoding
# The contract of the last release, as buf keeps it.
RELEASED   := proto/released.binpb

.PHONY: help run check released test node-tests engine-tests conformance api-tests schemathesis faults-disk fuzz transcoding bench walk screens locales page-speed lighthouse tools chromium engines

help: ## Says what there is.
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ## Builds Shelf and starts both services on this machine.
	cargo run

check: $(TOOLS)/bin/cargo-deny-$(CARGO_DENY) $(NODE) ## Looks for faults without running anything: format, lints, documentation, contract, licences, types, tree.
	cargo fmt --all --check
	rustfmt --check --edition 2024 $(wildcard */fuzz/fuzz_targets/*.rs */*/fuzz/fuzz_targets/*.rs)
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo fmt --manifest-path $(TRANSCODING)/Cargo.toml --check
	cargo clippy --manifest-path $(TRANSCODING)/Cargo.toml --target-dir target/transcoding --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	$(NODE_BIN)/buf lint
	$(NODE_BIN)/buf format --diff --exit-code
	$(NODE_BIN)/buf breaking --against $(RELEASED)
	$(TOOLS)/bin/cargo-deny --locked check bans licenses sources
	for fuzzed in $(wildcard */fuzz/Cargo.toml */*/fuzz/Cargo.toml); do cargo metadata --locked --format-version 1 --manifest-path $$fuzzed > /dev/null || exit 1; done
	planted=$$($(TOOLS)/bin/cargo-deny --locked --config tests/deny-planted.toml check bans 2>&1) || true; grep -q 'error\[banned\]' <<< "$$planted"
	cd tests/browser && npm run --silent check
	cargo test --locked --package tests --test tidy

released: $(NODE) ## Writes the contract as it is now to proto/released.binpb, which nothing later may break; at each release.
	$(NODE_BIN)/buf build --exclude-source-info --output $(RELEASED)

test: tools ## Installs what the tests need and runs them all.
	cargo build --workspace --all-targets --locked
	cargo test --workspace --locked --no-fail-fast
	cargo test --manifest-path $(TRANSCODING)/Cargo.toml --target-dir target/transcoding --locked
	$(MAKE) --no-print-directory conformance
	$(MAKE) --no-print-directory api-tests
	$(MAKE) --no-print-directory node-tests
	$(MAKE) --no-print-directory engine-tests

node-tests: $(NODE) chromium ## Runs the stories in a real browser, with and without JavaScript.
	cd tests/browser && CHROMIUM=$$(command -v chromium) npm test

# WebKit has no headless mode: it draws on a screen that nobody sees.
engine-tests: $(NODE) $(TOOLS)/bin/geckodriver-$(GECKODRIVER) engines ## Runs what a shopkeeper does all day in the engines of Firefox and Safari.
	cd tests/browser && GECKODRIVER=$(TOOLS)/bin/geckodriver FIREFOX=$$(command -v firefox-esr || command -v firefox) \
		WEBKITDRIVER=$$(command -v WebKitWebDriver) MINIBROWSER=$$(ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser) xvfb-run -a npm run engines

conformance: ## Runs protobuf's public conformance suite against the transcoder.
	gateway/transcoder/conformance/run

# The edges of every rule are about 5,000 requests; the rest are random, and chains along the links.
api-tests: $(TOOLS)/schemathesis/schemathesis-$(SCHEMATHESIS) ## Asks a whole shop what its description allows and forbids, for two minutes.
	cargo build --workspace --bins --locked
	python3 tests/schemathesis/run.py --examples 15 --chains 40

schemathesis: $(TOOLS)/schemathesis/schemathesis-$(SCHEMATHESIS) ## The same with 50,000 requests; SEED=… for others.
	cargo build --workspace --bins --locked
	python3 tests/schemathesis/run.py --examples 850 --chains 500 --seed $(or $(SEED),1)

faults-disk: ## Fills a small disk under a running shop; needs root, for the mount.
	cargo build --locked --package catalog-service --package gateway
	cargo test --locked --package tests --test faults-disk

# A fuzz target is known by the folder of its crate; TARGET=name runs that one alone. No sanitizer, because our code forbids `unsafe`: the
# limit on memory then counts ours and not a sanitizer's, and assertions and overflow checks are on all the same. What is found lands in
# the crate's `fuzz/artifacts`; what is worth keeping of it belongs into its corpus, which ordinary tests replay.
fuzz: $(TOOLS)/bin/cargo-fuzz-$(CARGO_FUZZ) ## Runs every fuzz target for TIME=600 seconds, or TARGET=… alone; stops at the first finding.
	for crate in gateway/transcoder gateway catalog-service; do for target in $$crate/fuzz/fuzz_targets/*.rs; do \
		name=$$(basename $$target .rs); \
		if [ -z "$(TARGET)" ] || [ "$(TARGET)" = $$name ]; then \
			mkdir -p $(FUZZ)/found/$$name; \
			PATH=$(TOOLS)/bin:$$PATH RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir $$crate/fuzz --sanitizer none --target-dir $(FUZZ) \
				$$name $(FUZZ)/found/$$name $$crate/fuzz/corpus/$$name -- -max_total_time=$(or $(TIME),600) -timeout=1 -rss_limit_mb=256; \
		fi; \
	done; done

transcoding: ## Measures the transcoder alone, against typed messages and reflection, in half a minute; `make bench` does so, too.
	cargo build --release --locked --bins --manifest-path $(TRANSCODING)/Cargo.toml --target-dir target/transcoding
	target/transcoding/release/transcoding

bench: ## Measures, and writes tests/bench/RESULTS.md; DATA=… takes real products, JUDGEMENTS=… what people think of their search, SHOP=… keeps the large shop.
	python3 tests/bench/run.py $(if $(SHOP),--shop $(SHOP)) $(if $(DATA),--data $(DATA)) $(if $(JUDGEMENTS),--judgements $(JUDGEMENTS))

walk: $(TOOLS)/bin/grpcurl-$(GRPCURL) ## Edits, deletes and restores every product of DATA=… by the pages' forms and by JSON, some by gRPC, in a shop of its own.
	cargo build --locked
	python3 tests/bench/walk.py $(DATA)

screens: $(NODE) chromium ## Takes a picture of every page, for looking at them, and renews those in tests/browser/screens.
	cd tests/browser && CHROMIUM=$$(command -v chromium) npm run screens

locales: $(NODE) chromium ## Writes web/locales.json, how languages print amounts, as the browser has it; when its tables are new.
	cd tests/browser && CHROMIUM=$$(command -v chromium) node harness/locales.js

page-speed: $(NODE) chromium ## Measures how fast the pages are seen and answer on a slow phone, beside what was promised; on a machine that does nothing else.
	cargo build --locked
	cd tests/browser && CHROMIUM=$$(command -v chromium) npm run speed --silent

lighthouse: $(LIGHTHOUSE) $(NODE) chromium ## Rates the shop's pages by Lighthouse, as on a phone with a slow network; 100 in every category, or it fails.
	cargo build --locked
	cd tests/lighthouse && CHROMIUM=$$(command -v chromium) npm start --silent

tools: $(TOOLS)/bin/geckodriver-$(GECKODRIVER) $(TOOLS)/bin/grpcurl-$(GRPCURL) $(TOOLS)/python/grpcio-$(GRPCIO) $(TOOLS)/schemathesis/schemathesis-$(SCHEMATHESIS) $(NODE) chromium engines ## Installs the foreign clients that tests use.

chromium:
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; }

engines:
	@{ command -v WebKitWebDriver && command -v xvfb-run && { command -v firefox-esr || command -v firefox; }; } >/dev/null || \
		{ apt-get update -q && apt-get install -y -q --no-install-recommends firefox-esr webkit2gtk-driver xvfb xauth; }

$(NODE): tests/browser/package-lock.json
	cd tests/browser && npm install --no-save --silent --no-audit --no-fund --ignore-scripts

$(LIGHTHOUSE): tests/lighthouse/package-lock.json
	cd tests/lighthouse && npm install --no-save --silent --no-audit --no-fund --ignore-scripts

$(TOOLS)/bin/cargo-deny-$(CARGO_DENY):
	cargo install --quiet --locked --debug --no-track --force --root $(TOOLS) --target-dir $(TOOLS)/build cargo-deny@$(CARGO_DENY)
	rm -rf $(TOOLS)/build
	touch $@

$(TOOLS)/bin/cargo-fuzz-$(CARGO_FUZZ):
	cargo install --quiet --locked --debug --no-track --force --root $(TOOLS) --target-dir $(TOOLS)/build cargo-fuzz@$(CARGO_FUZZ)
	rm -rf $(TOOLS)/build
	touch $@

$(TOOLS)/bin/geckodriver-$(GECKODRIVER):
	cargo install --quiet --locked --debug --no-track --force --root $(TOOLS) --target-dir $(TOOLS)/build geckodriver@$(GECKODRIVER)
	rm -rf $(TOOLS)/build
	touch $@

$(TOOLS)/bin/grpcurl-$(GRPCURL):
	GOBIN=$(TOOLS)/bin go install github.com/fullstorydev/grpcurl/cmd/grpcurl@$(GRPCURL)
	touch $@

$(TOOLS)/python/grpcio-$(GRPCIO):
	python3 -m venv $(TOOLS)/python
	$(TOOLS)/python/bin/pip install --quiet --disable-pip-version-check grpcio==$(GRPCIO) grpcio-reflection==$(GRPCIO) grpcio-health-checking==$(GRPCIO) grpcio-tools==$(GRPCIO)
	touch $@

# An environment of its own: what it needs has nothing to do with what grpcio needs.
$(TOOLS)/schemathesis/schemathesis-$(SCHEMATHESIS):
	python3 -m venv $(TOOLS)/schemathesis
	$(TOOLS)/schemathesis/bin/pip install --quiet --disable-pip-version-check schemathesis==$(SCHEMATHESIS) hypothesis==$(HYPOTHESIS)
	touch $@
