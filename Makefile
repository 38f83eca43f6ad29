# The two commands are `make run` and `make test`; both install what they need first.
# meson + ninja build the server, npm + vite the client; this file only puts them in order.

MAKEFLAGS += --no-print-directory
client := build/web/index.html
client_sources := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)
bin := node_modules/.bin
node := scripts/node/node_modules/bin/node
export PATH := $(CURDIR)/$(dir $(node)):$(PATH)
TIME ?= 60
SEEDS ?= 1000
MINUTES ?= 60

benches := fanout peer latency join memory rooms

.PHONY: run test test-long unit browser abuse abuse-controls relay-bot screens bench-trace bench-mark bench-first-sound bench-names bench-chain bench-keys model sim soak fuzz analyze deps-run deps-test client server clean help $(benches:%=bench-%)

run: deps-run $(client) server ## build and start a server on http://localhost:8080
	@exec build/release/src/server/aparte serve

test: deps-test $(client) build/mark.wasm build/test/build.ninja ## everything but what takes long: ends with "N passed, N failed"
	@ninja -C build/test --quiet all bench/bench-guests
	@node test/run.ts

test-long: deps-test $(client) build/mark.wasm build/test/build.ninja ## the browser tests that listen long, and walks through every screen
	@ninja -C build/test --quiet all bench/bench-guests
	@node test/run.ts long

unit: deps-test $(client) build/mark.wasm build/test/build.ninja ## the C and TypeScript unit tests alone
	@ninja -C build/test --quiet
	@node test/run.ts c web

browser: deps-test $(client) build/mark.wasm build/test/build.ninja ## the browser tests alone, long ones too
	@ninja -C build/test --quiet
	@node test/run.ts browser long

abuse: deps-test $(client) build/mark.wasm build/test/build.ninja ## every abuse case, played by an attacker
	@ninja -C build/test --quiet src/server/aparte bench/bench-guests
	@node test/abuse/run.ts

abuse-controls: deps-test $(client) build/mark.wasm build/test/build.ninja ## each case once more per protection it is about, without it: the test must fail
	@ninja -C build/test --quiet src/server/aparte bench/bench-guests
	@node test/abuse/run.ts controls

relay-bot: deps-test $(client) build/test/build.ninja ## the incident of 2021 as a script: what stops a relay bot, step by step, and what it can still do
	@ninja -C build/test --quiet src/server/aparte bench/bench-guests
	@node test/abuse/relay-bot.ts

screens: deps-test node_modules/.stamp ## a picture of every screen: phone and desk, light and dark, both languages
	@node test/browser/screens.ts build/screens

bench-first-sound: deps-test $(client) server ## from the tap on a room to the first sound
	@node bench/first-sound.ts

bench-names: deps-test node_modules/.stamp ## frames a second and memory of a room with 5,000 names
	@node bench/names.ts

# Each prints one JSON line per row; docs/performance.md says how to read them. They need root and two cores:
# bench-fanout, bench-peer, bench-latency, bench-join, bench-memory, bench-rooms.
$(benches:%=bench-%): bench-%: $(node) build/release/build.ninja
	@scripts/deps.sh bench
	@ninja -C build/release --quiet bench/aparte-load bench/media-host bench/bench-raw src/server/aparte
	@node bench/$*.ts

bench-trace: build/release/build.ninja ## seconds of leaked speech that name one of 5,000, by channel and colluders (an hour)
	@scripts/deps.sh bench
	@ninja -C build/release --quiet bench/bench-trace
	@build/release/bench/bench-trace

bench-mark: deps-test node_modules/.stamp build/mark.wasm ## what embedding the mark costs in Chromium
	@node bench/mark.ts

bench-chain: deps-test node_modules/.stamp build/release/build.ninja ## what everybody's invitation chain costs to verify, at 1,000 and 5,000 members
	@ninja -C build/release --quiet bench/bench-chain
	@node bench/chain.ts

bench-keys: deps-test $(client) server ## what room keys cost in Chromium at 1,000 to 10,000 people; from a ban to silence
	@node bench/keys.ts
	@ninja -C build/release --quiet bench/aparte-load bench/bench-guests
	@node bench/keys-ban.ts

model: deps-test node_modules/.stamp build/test/build.ninja ## SEEDS random evenings over the relay of keys, in memory and the real one
	@ninja -C build/test --quiet test/c/server/relay-host
	@SEEDS=$(SEEDS) $(bin)/vitest run --config web/vitest.config.ts web/test/e2ee-model.test.ts

soak: deps-test $(client) server ## MINUTES of a thousand people who come and go, and all that goes wrong: memory, files, invariants
	@ninja -C build/release --quiet bench/aparte-soak
	@build/release/bench/aparte-soak $(MINUTES) build/release/src/server/aparte

sim: build/sim/build.ninja ## SEEDS random evenings of a club in which everything fails; SEED=n plays one of them again
	@ninja -C build/sim --quiet sim/sim
	@build/sim/sim/sim $(if $(SEED),$(SEED) 1,1 $(SEEDS))

fuzz: ## every fuzz target, or the TARGETS named, for TIME seconds
	@scripts/deps.sh fuzz
	@scripts/fuzz.sh $(TIME) $(TARGETS)

analyze: node_modules/.stamp ## static analysis of the server and the client: no warning gets through
	@scripts/deps.sh analyze
	@scripts/analyze.sh

deps-run:
	@scripts/deps.sh run

deps-test:
	@scripts/deps.sh test

# The pinned Node.js runs npm and all that follows; Debian's npm leaves its binary unlinked.
$(node): scripts/node/package.json scripts/node/package-lock.json | deps-run
	npm ci --prefix scripts/node --no-audit --no-fund --loglevel=error
	@mkdir -p $(dir $@) && cd $(dir $@) && ln -sf ../node-linux-*/bin/node node && touch node

node_modules/.stamp: package.json package-lock.json | $(node)
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The embedder for the client's AudioWorklet.
build/mark.wasm: $(wildcard src/mark/*) scripts/wasm.sh | deps-test
	@scripts/wasm.sh

$(client): node_modules/.stamp package.json $(client_sources)
	npm run --silent build
	@touch $@

client: $(client)

build/release/build.ninja: | deps-run
	meson setup build/release --buildtype=release

server: build/release/build.ninja
	@ninja -C build/release --quiet
	@scripts/check-hardening.sh build/release/src/server/aparte

build/sim/build.ninja: | deps-test
	meson setup build/sim --buildtype=release -Dtests=true -Dtest_hooks=true

# Sanitizers and test hooks: never the binary that `make run` starts.
build/test/build.ninja: | deps-test
	meson setup build/test -Dtests=true -Dtest_hooks=true -Db_sanitize=address,undefined -Db_lundef=false

clean: ## forget everything that was built (not ./data)
	rm -rf build node_modules scripts/node/node_modules

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
