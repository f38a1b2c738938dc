# The two commands that matter: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The build folder stays outside the clone, so that a second clone or a second run is quick.
ifeq ($(origin CARGO_TARGET_DIR),undefined)
  CARGO_TARGET_DIR := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/kizashi/target
endif
export CARGO_TARGET_DIR

DATA   ?= demo-data
LISTEN ?= 127.0.0.1:8080
RELEASE_BINARY := $(CARGO_TARGET_DIR)/release/kizashi

ASSETS         := crates/web/assets
ASSETS_MODULES := $(ASSETS)/node_modules/.package-lock.json
ASSETS_SOURCES := $(shell find $(ASSETS) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
ASSETS_DONE    := $(ASSETS)/dist/manifest.json

.PHONY: help run test needs build assets fmt lint rust-test browser-test pictures bench deny clean-assets

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: build ## build the release binary and start the demo company at http://127.0.0.1:8080
	@exec "$(RELEASE_BINARY)" demo --data "$(DATA)" --listen "$(LISTEN)"

test: ## install what the tests need that is missing, then run everything that CI runs
	@scripts/run-tests

needs: ## install what the tests need (PostgreSQL server, Chromium, a Japanese font, Node packages)
	@scripts/install-test-needs

build: assets ## the release binary, with the front-end files inside
	@scripts/check-tools cargo cc
	cargo build --release --locked -p kizashi-server
	@echo "built $(RELEASE_BINARY)" >&2

assets: $(ASSETS_DONE) ## the front-end files that the binary embeds, and nothing else

$(ASSETS_MODULES): $(ASSETS)/package.json $(ASSETS)/package-lock.json
	@scripts/check-tools node npm
	cd $(ASSETS) && npm ci --no-audit --no-fund
	@touch $@

$(ASSETS_DONE): $(ASSETS_MODULES) $(ASSETS_SOURCES)
	cd $(ASSETS) && npm run build
	@touch $@

fmt: ## format the Rust code
	cargo fmt --all

lint: assets ## formatting and every lint, as CI sees them
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

rust-test: assets ## the Rust tests alone
	cargo test --workspace --locked

browser-test: assets ## the browser journeys alone, against a development build
	cargo build --locked -p kizashi-server
	cd browser && KIZASHI_BINARY="$(CARGO_TARGET_DIR)/debug/kizashi" npm test

pictures: build ## pictures of every page (browser/pictures) and the four of the README (docs/pictures)
	@scripts/install-test-needs
	cd browser && KIZASHI_BINARY="$(RELEASE_BINARY)" npm run pictures

bench: build ## the benchmark, see bench/README.md
	@KIZASHI_BINARY="$(RELEASE_BINARY)" bench/run

deny: ## licences and advisories of the dependencies (needs cargo-deny)
	cargo deny check

clean-assets: ## forget the built front-end files
	rm -rf $(ASSETS)/dist $(ASSETS)/node_modules
