# Everything that a machine needs to do with this project. `make run` and `make test` install what they need.

SHELL := /bin/sh
TOOLS := target/tests
PROGRAM := target/debug/shanzhi
export RUST_BACKTRACE ?= 0

.PHONY: run test check lint setup tests api pages bench clean

# The demonstration county of Midu in ./data, served on http://127.0.0.1:8080.
run:
	cargo build --release --locked -p server
	./target/release/shanzhi serve --demo 3000

test: setup lint tests api pages
	@echo "all tests passed"

# The quick gate, without PostgreSQL and without anything installed.
check: lint
	cargo test --workspace --locked

setup:
	tests/setup.sh $(TOOLS)

lint:
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo run --quiet --locked -p xtask -- tidy
	cargo run --quiet --locked -p server -- catalogue check catalogue

# Every Rust test, those of the store, the application and the API on both databases.
tests: setup
	tests/all.sh $(TOOLS)

# The API against its own description.
api: setup
	cargo build --locked -p server
	tests/schemathesis.sh $(PROGRAM) $(TOOLS)/venv

# The pages in Chromium; screenshots in target/tests/pages.
pages: setup
	cargo build --locked -p server
	tests/browser.sh $(PROGRAM) $(TOOLS)/pages

# Figures of this machine; `make bench MATTERS=1000000` for a large county.
MATTERS ?= 10000
bench:
	cargo run --release --locked -p server -- bench --matters $(MATTERS)

clean:
	rm -rf target
