# Everything runs with the pinned Node of node_modules; the machine's own Node only installs it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

CORES := $(shell nproc 2>/dev/null || echo 2)
ARGS ?=
wasm_examples := build/wasm-examples.stamp

.DEFAULT_GOAL := help
.PHONY: help setup build demo dev test check format bench wasm-examples docker-dev docker-up docker-down clean

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

setup: ## Install the packages of the lock file and what else is missing
	@scripts/setup.sh

build: setup $(wasm_examples) ## Make everything that bin/zerverless needs
	@node scripts/build-kernel.ts
	@node scripts/build-web.ts >/dev/null
	@bin/zerverless --version

demo: build ## Start an orchestrator with two workers, run jobs and call functions in each language
	@node scripts/demo.ts

dev: build ## Serve on port 8000 with two workers, restarting on changes (ARGS="--port 9000")
	@node --watch-path=src --watch-preserve-output src/cli/main.ts --workers 2 $(ARGS)

check: setup ## Format, lint and type-check
	@biome ci --colors=off .
	@for config in tsconfig.json tsconfig.*.json; do \
	  [ $$config = tsconfig.base.json ] || tsc -p $$config; \
	done

test: build check ## Check, then run every test
	@scripts/setup-tests.sh
	@node --test --test-concurrency=$(CORES) --test-timeout=300000 --test-reporter=spec \
	  "src/**/*.test.ts" "web/**/*.test.ts" "tests/**/*.test.ts" "bench/**/*.test.ts"

format: setup ## Rewrite the sources as `make check` wants them
	@biome check --write .

bench: build ## Measure speed and memory against the goals (ARGS="--only latency")
	@node bench/run.ts $(ARGS)

docker-dev: ## Serve the checkout's sources from a container, restarting on changes
	@docker compose -f docker-compose.yml -f docker/docker-compose.dev.yml up --build

docker-up: ## Build the image and start an orchestrator with two workers (needs ADMIN_TOKEN)
	@docker compose up --build --detach --wait

docker-down: ## Stop what docker-up started; data is kept
	@docker compose down

wasm-examples: setup ## Build the WebAssembly examples
	@node scripts/build-wasm-examples.ts

$(wasm_examples): scripts/build-wasm-examples.ts package-lock.json $(wildcard examples/*/assembly/*.ts) | setup
	@node scripts/build-wasm-examples.ts
	@mkdir -p $(@D) && touch $@

clean: ## Remove what was built, and node_modules
	@rm -rf build dist dist-sdk node_modules examples/*/build
