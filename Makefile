# Everything a person does here by one word. `make` alone says which words there are.

SWIFT      ?= swift
PREFIX     ?= $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)
MACHINE    := $(shell uname -m)
SDKS       := $(CURDIR)/.build-guest/sdks
KIT        := $(CURDIR)/.build-guest/kit
FIRSTBAD   := .build/release/firstbad
KERNELS    ?= linux-image-6.1.0-*-cloud-amd64

.PHONY: help setup build guest library library-twice demo demo-bisect test test-bisect faults docs check fmt bench \
  bench-bisect killed-bisect old-trees kselftests install clean

help:
	@echo "make setup    install what is missing (apt)"
	@echo "make build    build firstbad and the guest library"
	@echo "make demo     find the kernel that changed pkey_alloc()"
	@echo "make demo-bisect   find the commit that did (builds kernels)"
	@echo "make test     the tests, those that boot and build kernels too"
	@echo "make test-bisect   of those only the bisection of a real history"
	@echo "make faults   the table of faults, a tick a row"
	@echo "make library  measure the shipped probes (LIBRARY_KERNELS=files), write Documentation/Library.md"
	@echo "make library-twice  that they observe the same in another order (LIBRARY_KERNELS=files)"
	@echo "make bench    time firstbad against a bare QEMU"
	@echo "make bench-bisect   time a bisect of commits against the usual recipe (hours)"
	@echo "make killed-bisect   end a bisect twenty times by KILL and resume it (KILLS=number, SEED=number)"
	@echo "make old-trees    build and boot Linux 5.10 by every compiler at hand, with and without fix-ups"
	@echo "make kselftests   the kernel's own tests, by --exec and by their own runner (KSELFTEST_KERNELS=files)"
	@echo "make docs     look whether the Swift library is documented (OUTPUT=folder: write the pages)"
	@echo "make install  into PREFIX=$(PREFIX)"
	@echo "make fmt      format the sources;  make check: only look"

setup:
	@Toolchain/setup

build: $(FIRSTBAD) guest

# SwiftPM knows better than make what is out of date.
.PHONY: $(FIRSTBAD)
$(FIRSTBAD):
	@$(SWIFT) build -c release --product firstbad --static-swift-stdlib -Xlinker -s

guest: $(FIRSTBAD)
	@Toolchain/make-guest-sdk "$(SDKS)"
	@$(SWIFT) build --build-system native -c release --swift-sdks-path "$(SDKS)" --swift-sdk guest-$(MACHINE) \
	  --product FirstbadGuest --scratch-path .build-guest
	@Toolchain/make-kit .build-guest/$(MACHINE)-unknown-linux-gnu/release "$(KIT)"
	@FIRSTBAD_KIT="$(KIT)" $(FIRSTBAD) image --all --init-only -o "$(KIT)/shipped.init"

demo: setup
	@$(MAKE) --no-print-directory build
	@Toolchain/demo $(FIRSTBAD) '$(KERNELS)'

demo-bisect:
	@Toolchain/setup kernels
	@$(MAKE) --no-print-directory build
	@Toolchain/demo-bisect $(FIRSTBAD)

test:
	@Toolchain/setup tests
	@$(MAKE) --no-print-directory build
	@Toolchain/test-kernels
	@Toolchain/report-readers
	@Toolchain/fuzz 20
	@Toolchain/test $(SWIFT) searches boots examples kselftests builds

test-bisect:
	@Toolchain/setup tests
	@$(MAKE) --no-print-directory build
	@Toolchain/test $(SWIFT) builds

faults:
	@Toolchain/setup tests
	@$(MAKE) --no-print-directory build
	@Toolchain/test-kernels
	@Toolchain/faults $(SWIFT)

# Without LIBRARY_KERNELS only the page is written, from what was measured before.
library: build
	@$(FIRSTBAD) survey $(if $(LIBRARY_KERNELS),--kernels $(LIBRARY_KERNELS))

# In two orders on each kernel: what differs is an error of a probe, and fails.
library-twice: build
	@Toolchain/library-twice $(FIRSTBAD) $(LIBRARY_KERNELS)

bench: build
	@Benchmarks/boot $(FIRSTBAD) '$(KERNELS)'
	@Benchmarks/instructions $(FIRSTBAD) '$(KERNELS)'
	@Benchmarks/suite $(FIRSTBAD) '$(KERNELS)'

# RECIPE_MINUTES ends the recipe early; 0 leaves it out.
bench-bisect: build
	@Benchmarks/bisect $(FIRSTBAD)

# Twenty minutes and more. The seed is printed; the same one gives the same moments.
killed-bisect:
	@Toolchain/setup tests
	@$(MAKE) --no-print-directory build
	@Toolchain/killed-bisect $(FIRSTBAD) $(or $(KILLS),20) $(SEED)

# Five minutes and more for each compiler, the first time.
old-trees:
	@Toolchain/setup tests
	@$(MAKE) --no-print-directory build
	@Toolchain/old-trees $(FIRSTBAD) $(COMPILERS)

# The kernel's own tests, by --exec and by their own runner; writes Documentation/Kselftests.md. Takes some ten minutes.
kselftests: build
	@Toolchain/kselftests $(FIRSTBAD) all $(KSELFTEST_KERNELS)

fmt:
	@$(SWIFT) format --in-place --parallel --recursive Package.swift Sources HostRunner Tests Examples

check: docs
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources HostRunner Tests Examples

# Every public symbol of the Swift library has a comment; with OUTPUT=FOLDER the pages are written there.
docs:
	@Toolchain/docs $(SWIFT) $(OUTPUT)

install: build
	@Toolchain/install $(FIRSTBAD) "$(KIT)" "$(PREFIX)"

clean:
	@rm -rf .build .build-guest
