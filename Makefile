# Needs Debian 12 or later, with git, make and Python 3.11 or later; installs the rest.
#
#   make demo    a random agent fights, on film
#   make test    all tests           make check   lint, types, format
#   make bench   how fast it is      make clean   remove what these made
#   make native  the parts in C, after a change in native_shim
#   make fresh-test SUITE=trixie     make demo and make test in a bare Debian 13, as root (FRESH_USER=1: with sudo)

PYTHON ?= python3
# How many tests at a time.
JOBS ?= auto
# Which Debian is tried by fresh-test, and by what.
SUITE ?= bookworm
FRESH_COMMAND ?= make demo && make test
VENV := .venv
BIN := $(VENV)/bin

RUN_PACKAGES := mame ca-certificates gcc libc6-dev
TEST_PACKAGES := $(RUN_PACKAGES) xvfb xauth lua-check binutils-sh-elf gcc-sh4-linux-gnu cc65 retroarch-dev \
	libretro-nestopia clang libclang-rt-dev
CHECK_PACKAGES := ca-certificates lua-check
# Debian's Python comes without what makes virtual environments, and without windows.
VENV_PACKAGES = $(shell $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv)
TK_PACKAGES = $(shell $(PYTHON) -c 'import tkinter' 2>/dev/null || echo python3-tk)

PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet
SOURCES := $(wildcard toolkit games tests examples setup.py)
NATIVE_SOURCES := $(wildcard native_shim/src/*.[ch] native_shim/include/*.h native_shim/library/*.c)

# Debian packages first, then what is made with them; apt cannot run twice at a time.
.NOTPARALLEL:
.PHONY: demo test check bench native clean fresh-test apt-run apt-test apt-check

demo: apt-run $(VENV)/.installed
	$(BIN)/toolkit demo

bench: apt-run $(VENV)/.installed
	$(BIN)/toolkit bench

native:
	$(MAKE) -C native_shim all

test: apt-test $(VENV)/.installed-dev
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile

check: apt-check $(VENV)/.installed-dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	luacheck -q lua_plugins

fresh-test:
	scripts/fresh_root.sh $(SUITE) '$(FRESH_COMMAND)'

apt-run:
	@scripts/apt.sh $(RUN_PACKAGES) $(VENV_PACKAGES)

apt-test:
	@scripts/apt.sh $(TEST_PACKAGES) $(VENV_PACKAGES) $(TK_PACKAGES)

apt-check:
	@scripts/apt.sh $(CHECK_PACKAGES) $(VENV_PACKAGES)

# The files below are empty: each says that a step has been done since the files it depends on were changed last.

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: setup.cfg setup.py pyproject.toml $(NATIVE_SOURCES) | $(VENV)/.made
	$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: setup.cfg setup.py pyproject.toml $(NATIVE_SOURCES) | $(VENV)/.made
	@scripts/torch.sh $(BIN)/python
	$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist demo toolkit/native native_shim/build *.egg-info .mypy_cache .ruff_cache .pytest_cache
