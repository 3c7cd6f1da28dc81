# ilk's rules. Everything is built optimised, in .build; preconditions stay.
#
#   make setup        install what is missing (scripts/setup)
#   make build        the daemon and command line: .build/release/ilk
#   make demo         60,000 product images into the daemon, searches, and a table of recall and speed beside hnswlib
#   make test         all tests
#   make check        what must hold before a commit: format, floors, a build without warnings, tests
#   make format       rewrite the sources in the house's format
#   make bench        measure ilk and its peers, and write benchmarks/README.md (hours)
#   make bench-smoke  every benchmark on tiny data, in seconds: so that they cannot rot
#   make tsan asan    tests under ThreadSanitizer, AddressSanitizer; scripts/tsan --soak for the daemon under benchmarks/soak.py
#   make fuzz         libFuzzer on the parsers, and 100,000 mutated lines to a live daemon
#   make kill-test    kill -9 the daemon under writes, 200 times (KILLS=n for another number)
#   make coverage     lines that the tests reach, by file

SWIFT_FILES = Sources Tests benchmarks Package.swift
# Without testable imports `swift test` takes the modules that `swift build` made; with them it makes all anew.
TEST = swift test -c release --disable-xctest --disable-testable-imports
KILLS ?= 200
# A crash that a test causes on purpose must not wait for a backtrace.
export SWIFT_BACKTRACE = enable=no

.PHONY: setup build demo test check lint format bench bench-smoke tsan asan fuzz kill-test coverage
.NOTPARALLEL:

setup:
	scripts/setup

build:
	swift build -c release --product ilk

demo:
	scripts/demo

# SystemTests start .build/release/ilk, which `swift test` builds with them.
test: setup
	$(TEST)

check: lint
	swift build -c release --build-tests
	$(TEST)

lint:
	swift format lint --strict -r $(SWIFT_FILES)
	scripts/check-floors --self-test
	scripts/check-floors

format:
	swift format -i -r $(SWIFT_FILES)

bench: setup
	scripts/setup --peers
	swift build -c release
	python3 benchmarks/run.py --builds 3
	python3 benchmarks/run.py --load

bench-smoke:
	swift build -c release
	python3 benchmarks/run.py --smoke
	python3 benchmarks/embedding.py --smoke
	python3 benchmarks/serving.py --smoke
	python3 benchmarks/retrieval.py --smoke
	python3 benchmarks/matching.py --smoke
	python3 benchmarks/themes.py --smoke
	python3 benchmarks/shop.py --smoke
	python3 benchmarks/soak.py --smoke

tsan:
	scripts/tsan

# LeakSanitizer blames what the test runner itself keeps for ever.
asan:
	ASAN_OPTIONS=detect_leaks=0 $(TEST) --sanitize=address --scratch-path .build-asan

fuzz: build
	scripts/fuzz
	scripts/storm

kill-test: build
	scripts/kill-test $(KILLS)

coverage:
	scripts/coverage
