# What the project can do, one word each: `make help`.

PREFIX ?= /usr/local
SWIFT ?= swift
SOURCES = Sources Tests Package.swift

.PHONY: help deps build demo test install format lint clean
.DEFAULT_GOAL := help

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## check for the C libraries, and install them where apt can
	@.ci/dependencies

build: deps ## build the program, optimised
	$(SWIFT) build -c release --product mri-ilo

demo: build ## simulate a head scan, reconstruct it at 8x, and say where the pictures are
	@mkdir -p demo
	$(SWIFT) run -c release --skip-build mri-ilo simulate -o demo/head.h5
	$(SWIFT) run -c release --skip-build mri-ilo recon demo/head.h5 --accel 8 \
	  --method ilo,zero-filled,sense,l1-wavelet -o demo/recon
	@echo; echo "Pictures:"; find demo/recon -name '*.png' | sort | sed 's/^/  /'

test: deps ## build and run all tests
	$(SWIFT) test --explicit-target-dependency-import-check error

install: build ## copy program, weights, protocols and manifests below PREFIX (default /usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -d "$(DESTDIR)$(PREFIX)/share/mri-ilo/weights"
	install -d "$(DESTDIR)$(PREFIX)/share/mri-ilo/protocols"
	install -d "$(DESTDIR)$(PREFIX)/share/mri-ilo/datasets"
	install -m 755 "$$($(SWIFT) build -c release --show-bin-path)/mri-ilo" \
	  "$(DESTDIR)$(PREFIX)/bin/mri-ilo"
	cp -R datasets/weights/. "$(DESTDIR)$(PREFIX)/share/mri-ilo/weights/"
	cp -R protocols/. "$(DESTDIR)$(PREFIX)/share/mri-ilo/protocols/"
	install -m 644 datasets/*.yaml "$(DESTDIR)$(PREFIX)/share/mri-ilo/datasets/"

format: ## format all Swift files in place
	$(SWIFT) format -i -r $(SOURCES)

lint: ## check format and imports
	$(SWIFT) format lint --strict -r $(SOURCES)
	.ci/check-imports

clean: ## remove what building and the demo made
	$(SWIFT) package clean
	rm -rf demo
