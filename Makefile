# TDV.  `make help` lists the targets.  BUILD=dir builds elsewhere, SANITIZE=1 with ASan and UBSan, CC=clang with clang, V=1 shows commands.

BUILD ?= build
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
PYTHON ?= /usr/bin/python3
Q := $(if $(V),,@)

SERVICES := $(patsubst services/%/main.c,%,$(wildcard services/*/main.c))
LAYERS := base message crypto store runtime terminal domain audit

WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wswitch-enum -Wformat=2 -Wundef -Wpointer-arith -Wwrite-strings
HARDEN := -fstack-protector-strong -fPIE -fno-strict-aliasing
CPPFLAGS += -D_GNU_SOURCE -Ilibshared -Iservices -I$(BUILD) -Itests
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c17 $(CFLAGS) $(WARN) $(HARDEN)
LDFLAGS += -pie -Wl,-z,relro,-z,now
LDLIBS := -lzmq -llmdb -lcrypto -lmsgpackc -lsystemd -ljansson -linih -lcsv -lunistring -lpthread
ifdef SANITIZE
ALL_CFLAGS += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all
LDFLAGS += -fsanitize=address,undefined
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
endif
ifdef COVERAGE
ALL_CFLAGS += --coverage -fprofile-update=atomic -O0
LDFLAGS += --coverage -Wl,--wrap=_exit,--wrap=raise
CPPFLAGS += -U_FORTIFY_SOURCE
endif
ifdef FUZZ
ALL_CFLAGS += -fsanitize=fuzzer-no-link
endif
ifdef CI
ALL_CFLAGS += -Werror
endif

SCHEMAS := $(wildcard schemas/*.schema schemas/*.tables schemas/*.rules)
GEN := $(BUILD)/gen/.stamp
LIB_SRC := $(foreach l,$(LAYERS),$(wildcard libshared/$(l)/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/messages.o $(BUILD)/gen/tables.o
LIB_OBJ += $(if $(COVERAGE),$(BUILD)/tests/coverage.o)
LIB := $(BUILD)/libtdv.a

.PHONY: all
all: $(GEN) services tools

$(GEN): $(SCHEMAS) $(wildcard tools/schemagen/* tools/rulegen/*)
	@mkdir -p $(BUILD)/gen
	$(PYTHON) tools/schemagen/schemagen.py --out $(BUILD)/gen schemas
	$(PYTHON) tools/rulegen/rulegen.py --out $(BUILD)/gen schemas
	@touch $@
# What is written keeps its time when it would not change; so only what includes a changed file compiles anew.
$(BUILD)/gen/%.h: $(GEN) ;
$(BUILD)/gen/messages.c $(BUILD)/gen/tables.c: $(GEN) ;

$(BUILD)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

# A daemon is every .c of its folder; main.c stays out of the archive that the simulator links.
define service_rules
$(1)_OBJ := $$(patsubst %.c,$(BUILD)/%.o,$$(wildcard services/$(1)/*.c))
$(BUILD)/bin/tdv-$(1): $$($(1)_OBJ) $(LIB)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$($(1)_OBJ) $(LIB) $(LDLIBS)
endef
$(foreach s,$(SERVICES),$(eval $(call service_rules,$(s))))
SERVICE_BIN := $(SERVICES:%=$(BUILD)/bin/tdv-%)
SERVICE_OBJ := $(filter-out %/main.o,$(foreach s,$(SERVICES),$($(s)_OBJ)))
.PHONY: services
services: $(SERVICE_BIN)

# Programs: tools/<name>/*.c -> bin/<program>
TOOLS := $(if $(wildcard tools/tdv/main.c),$(BUILD)/bin/tdv) $(if $(wildcard tools/facility/main.c),$(BUILD)/bin/tdv-facility) \
	$(if $(wildcard tools/seed/main.c),$(BUILD)/bin/tdv-seed)
$(BUILD)/bin/tdv: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/tdv/*.c tools/common/*.c)) $(SERVICE_OBJ) $(LIB)
# tools/common: what several of them share.
$(BUILD)/tools/%.o: CPPFLAGS += -Itools
$(BUILD)/bin/tdv-facility: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/facility/*.c tools/common/*.c)) $(LIB)
$(BUILD)/bin/tdv-seed: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/seed/*.c) tools/common/language.c) $(LIB)
$(TOOLS):
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(if $(filter %/tdv-seed,$@),-ljpeg -lm)
# What tdv, tdv-facility and tdv-seed say in Vietnamese, beside the programs: build/bin/../share/locale.  `make po` takes new messages into po/vi.po.
CATALOGUE := $(BUILD)/share/locale/vi/LC_MESSAGES/tdv.mo
$(CATALOGUE): po/vi.po
	@mkdir -p $(@D)
	msgfmt --check-format --check-domain -o $@ $<
.PHONY: tools po
tools: $(TOOLS) $(CATALOGUE)
po:
	xgettext --from-code=UTF-8 -k_ -kN_ -k_n:1,2 --no-wrap --add-location=file -o $(BUILD)/tdv.pot $(wildcard tools/tdv/*.c tools/tdv/*.h tools/common/*.c tools/facility/*.c tools/seed/*.c)
	msgmerge --quiet --update --backup=none --no-wrap --no-fuzzy-matching po/vi.po $(BUILD)/tdv.pot
	msgattrib --no-obsolete --no-wrap -o po/vi.po po/vi.po
	msgfmt --check-format --statistics -o /dev/null po/vi.po

# Debian packages: DEPS=build (what compiles), test (and what `make check` needs), all (and the linters).
DEPS ?= build
.PHONY: deps
deps:
	@tools/deps.sh $(DEPS)
# As many jobs as there are processors, unless make was told.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

# A whole commune through the exchange, then every other case of a request and of a card; KEEP=1 leaves the sites in ./demo,
# CHAPTER=name (commune, loss, …: tools/demo/chapters) plays one alone.
.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory $(JOBS) all staging
	@BUILD=$(BUILD) $(PYTHON) tools/demo/demo.py $(if $(KEEP),--keep) $(CHAPTER:%=--chapter %)

# What the demo and system tests play with beside the programs: a clock that runs ahead, and the programs of a province in which
# two persons approve (the same sources, with one number of the rules changed).
TWO_SIGN := $(BUILD)/two-sign
$(BUILD)/later.so: tests/system/later.c
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -fPIC -D_GNU_SOURCE $(ALL_CFLAGS) -o $@ $<
$(TWO_SIGN)/gen/.stamp: $(GEN)
	@mkdir -p $(TWO_SIGN)/schemas
	@cp schemas/* $(TWO_SIGN)/schemas/
	@sed -i 's/^setting approval.quorum_approve 1$$/setting approval.quorum_approve 2/' $(TWO_SIGN)/schemas/eligibility.rules
	$(PYTHON) tools/rulegen/rulegen.py --out $(TWO_SIGN)/gen $(TWO_SIGN)/schemas
	@touch $@
$(TWO_SIGN)/%.o: %.c $(TWO_SIGN)/gen/.stamp
	@mkdir -p $(@D)
	@echo "  CC    $<, two sign"
	$(Q)$(CC) -I$(TWO_SIGN) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@
$(TWO_SIGN)/bin/.stamp: $(patsubst %.c,$(TWO_SIGN)/%.o,$(wildcard services/approval/*.c)) $(SERVICE_BIN) $(TOOLS) $(CATALOGUE) $(LIB)
	@mkdir -p $(@D)
	@ln -f $(SERVICE_BIN) $(TOOLS) $(@D)
	@rm -f $(@D)/tdv-approval
	$(Q)$(CC) $(LDFLAGS) -o $(@D)/tdv-approval $(filter %.o,$^) $(LIB) $(LDLIBS)
	@ln -sfn ../share $(TWO_SIGN)/share
	@touch $@
.PHONY: staging
staging: $(BUILD)/later.so $(TWO_SIGN)/bin/.stamp

# Manual pages, completion and the commented settings, from what the programs say themselves.
MANUAL := $(BUILD)/share/.manual
$(MANUAL): $(SERVICE_BIN) $(TOOLS) $(CATALOGUE) $(wildcard tools/manual/* systemd/*.service)
	$(PYTHON) tools/manual/manual.py --build $(BUILD) --out $(BUILD)/share --services $(SERVICES)
	@touch $@
.PHONY: manual
manual: $(MANUAL)

# Into DESTDIR: programs, units, user and folders, settings (which are left alone when they are there), manual, completion, catalogue.
prefix ?= /usr
sysconfdir ?= /etc
.PHONY: install
install: all $(MANUAL)
	install -d $(DESTDIR)$(prefix)/lib/tdv $(DESTDIR)$(prefix)/bin
	install -m 755 $(SERVICE_BIN) $(DESTDIR)$(prefix)/lib/tdv/
	install -m 755 $(TOOLS) $(DESTDIR)$(prefix)/bin/
	tools/install.sh '$(DESTDIR)' '$(prefix)' '$(sysconfdir)' $(BUILD)
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/doc/tdv README.md ARCHITECTURE.md WIRE.md LICENSE

# Measurements: not part of the product, nor of the tests.
$(BUILD)/bin/tdv-floor: $(BUILD)/tools/bench/floor.o $(LIB)
$(BUILD)/bin/tdv-load: $(BUILD)/tools/bench/load.o $(BUILD)/tools/bench/latency.o $(LIB)
$(BUILD)/bin/tdv-flow: $(addprefix $(BUILD)/tools/bench/,flow.o crowd.o latency.o people.o watch.o) $(LIB)
$(BUILD)/bin/tdv-limit: $(BUILD)/tools/bench/limit.o
$(BUILD)/bin/tdv-floor $(BUILD)/bin/tdv-load $(BUILD)/bin/tdv-flow $(BUILD)/bin/tdv-limit:
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lm
# What a user would pick instead, with its C client: nothing of the product links these libraries.
PEERS := postgres redis rabbitmq nats
PEER_BIN := $(PEERS:%=$(BUILD)/bin/tdv-peer-%)
$(BUILD)/tools/bench/peer_postgres.o: CPPFLAGS += -I/usr/include/postgresql
$(BUILD)/bin/tdv-peer-postgres: PEER_LIB := -lpq
$(BUILD)/bin/tdv-peer-redis: PEER_LIB := -lhiredis
$(BUILD)/bin/tdv-peer-rabbitmq: PEER_LIB := -lrabbitmq
$(BUILD)/bin/tdv-peer-nats: PEER_LIB := -lnats
$(PEER_BIN): $(BUILD)/bin/tdv-peer-%: $(BUILD)/tools/bench/peer_%.o $(BUILD)/tools/bench/peer.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PEER_LIB) -lpthread
BENCH_BIN := $(addprefix $(BUILD)/bin/tdv-,floor load flow limit)
# SIZES: members in the registry; SECONDS: of each run.  bench-peers: by turns with the peers, on the same disk; SITE=folder keeps its
# members for the next run (a minute at saturation needs millions).
bench: DEPS = build bench
bench: deps
	@$(MAKE) --no-print-directory $(JOBS) all $(BENCH_BIN)
	BUILD=$(BUILD) $(PYTHON) tools/bench/bench.py
	BUILD=$(BUILD) $(PYTHON) tools/bench/growth.py $(if $(SIZES),--sizes "$(SIZES)") $(if $(SECONDS),--seconds $(SECONDS))
bench-peers: DEPS = build bench peers
bench-peers: deps
	@$(MAKE) --no-print-directory $(JOBS) all $(BENCH_BIN) $(PEER_BIN)
	BUILD=$(BUILD) $(PYTHON) tools/bench/peers.py $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(SITE),--site $(SITE))
.PHONY: bench bench-peers

# The whole nation, or SCALE of it, through the exchange: build/nation/SCALE.json.  SHARED_PHOTOS=1 where the disk lacks 62 GB for them.
SCALE ?= 1
$(BUILD)/bin/tdv-nation: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/nation/*.c) tools/seed/people.c tools/seed/random.c) $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
.PHONY: nation
nation: all $(BUILD)/bin/tdv-nation
	BUILD=$(BUILD) $(PYTHON) tools/nation/nation.py --scale $(SCALE) $(if $(SHARED_PHOTOS),--shared-photos)
	BUILD=$(BUILD) $(PYTHON) tools/nation/curve.py

# Tests.  Each .c of tests/unit (terminal_wire_*.c are parts of terminal_wire) and tests/service is a program; tests/run.py runs them
# and adds up.
UNIT_SRC := $(filter-out tests/unit/terminal_wire_%.c,$(wildcard tests/unit/*.c))
UNIT_BIN := $(UNIT_SRC:%.c=$(BUILD)/%)
TDV_UNIT_BIN := $(filter $(BUILD)/tests/unit/tdv_%,$(UNIT_BIN))
$(filter-out $(TDV_UNIT_BIN),$(UNIT_BIN)): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter-out $(LIB),$^) $(LIB) $(LDLIBS)
$(BUILD)/tests/unit/terminal_wire: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/terminal_wire_*.c))
# Those of tools/tdv link its files, main.c aside.
$(TDV_UNIT_BIN): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/tdv/csv_*.c tools/common/language.c)) $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter-out $(LIB),$^) $(LIB) $(LDLIBS)
$(TDV_UNIT_BIN:%=%.o): CPPFLAGS += -Itools -Itools/tdv
$(BUILD)/tests/unit/tdv_letters: $(patsubst %,$(BUILD)/tools/%.o,common/door_words $(addprefix tdv/,mail_words phrase output organisations ask home)) | $(CATALOGUE)
TRANSCRIPT_SRC := $(wildcard tests/service/transcript*.c)
# tests/service/transcript_failing.h
TRANSCRIPT_WRAP := -Wl,--wrap=store_put,--wrap=store_append,--wrap=store_reserve,--wrap=store_delete,--wrap=store_commit
SERVICE_TEST_SRC := $(filter-out $(TRANSCRIPT_SRC),$(wildcard tests/service/*.c))
SERVICE_TEST_BIN := $(SERVICE_TEST_SRC:%.c=$(BUILD)/%)
$(SERVICE_TEST_BIN): $(BUILD)/tests/service/%: $(BUILD)/tests/service/%.o $(TRANSCRIPT_SRC:%.c=$(BUILD)/%.o) $(SERVICE_OBJ) $(LIB)
	$(Q)$(CC) $(LDFLAGS) $(TRANSCRIPT_WRAP) -o $@ $^ $(LDLIBS)
SIMULATE := $(BUILD)/bin/tdv-simulate
SIMULATE_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/simulator/*.c)) $(SERVICE_OBJ)
# tests/simulator/signatures.h
SIMULATE_WRAP := $(foreach f,signature_make signature_verify key_read_private key_read_public key_free,-Wl,--wrap=$(f))
$(SIMULATE): $(SIMULATE_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $(SIMULATE_WRAP) -o $@ $^ $(LDLIBS)
# The same with deliberate faults to choose from (libshared/base/fault.h): what asks for them is compiled once more.
TEETH := $(BUILD)/bin/tdv-teeth
TEETH_SRC := $(shell grep -rlE '"(base/fault|runtime/engine_private)\.h"' --include=*.c libshared services tests/simulator)
TEETH_OBJ := $(TEETH_SRC:%.c=$(BUILD)/teeth/%.o)
$(TEETH_OBJ): $(BUILD)/teeth/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $< (with faults)"
	$(Q)$(CC) $(CPPFLAGS) -DTDV_FAULTS $(ALL_CFLAGS) -MMD -MP -c $< -o $@
$(TEETH): $(TEETH_OBJ) $(filter-out $(TEETH_SRC:%.c=$(BUILD)/%.o),$(SIMULATE_OBJ)) $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $(SIMULATE_WRAP) -o $@ $^ $(LDLIBS)
# Fuzzing: each .c of tests/fuzz but corpus.c is a target (tests/fuzz/fuzz.h).  `fuzz-corpus` runs what is known to be interesting;
# `fuzz` searches for more with libFuzzer for FUZZ_SECONDS each, in a build folder of its own, and with KEEP=1 takes what it found into
# tests/fuzz/corpus.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := $(filter-out corpus,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_TEST_BIN := $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)
FUZZ_TESTS = $(foreach t,$(FUZZ_TARGETS),"fuzz corpus $(t): $(BUILD)/tests/fuzz/$(t) tests/fuzz/corpus/$(t).hex")
FUZZ_BIN := $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
FUZZ_CSV := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/tdv/csv_*.c tools/common/language.c))
$(BUILD)/tests/fuzz/sheet $(BUILD)/tests/fuzz/cells $(BUILD)/fuzz/sheet $(BUILD)/fuzz/cells: $(FUZZ_CSV)
$(BUILD)/tests/fuzz/manifest $(BUILD)/fuzz/manifest: $(BUILD)/tools/tdv/manifest.o $(BUILD)/tools/common/language.o
$(BUILD)/tests/fuzz/sheet.o $(BUILD)/tests/fuzz/cells.o $(BUILD)/tests/fuzz/manifest.o: CPPFLAGS += -Itools -Itools/tdv
$(BUILD)/tests/fuzz/order_log $(BUILD)/fuzz/order_log: $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/main.c,$(wildcard tools/facility/*.c)) $(wildcard tools/common/*.c))
$(BUILD)/tests/fuzz/order_log.o: CPPFLAGS += -Itools/facility
$(BUILD)/tests/fuzz/door $(BUILD)/fuzz/door: $(SERVICE_OBJ)
$(FUZZ_TEST_BIN): $(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/corpus.o $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter-out $(LIB),$^) $(LIB) $(LDLIBS)
$(FUZZ_BIN): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter-out $(LIB),$^) $(LIB) $(LDLIBS)
.PHONY: fuzz-corpus fuzz fuzz-programs
fuzz-corpus: $(FUZZ_TEST_BIN)
	tests/run.py $(FUZZ_TESTS) "fuzz generators: $(PYTHON) tests/fuzz/generators.py"
fuzz-programs: $(FUZZ_TEST_BIN) $(FUZZ_BIN)
fuzz:
	$(MAKE) --no-print-directory $(JOBS) CC=clang SANITIZE=1 FUZZ=1 BUILD=$(BUILD)-fuzz fuzz-programs
	$(PYTHON) tests/fuzz/fuzz.py --build $(BUILD)-fuzz --seconds $(FUZZ_SECONDS) $(if $(KEEP),--keep) $(FUZZ_TARGETS)

SEEDS ?= 200

.PHONY: tests unit simulate teeth check sanitize checks lint lock
tests: $(UNIT_BIN) $(SERVICE_TEST_BIN) $(FUZZ_TEST_BIN) $(SIMULATE) $(TEETH)
unit: $(UNIT_BIN)
	tests/run.py $(UNIT_BIN)
service-tests: $(SERVICE_TEST_BIN)
	tests/run.py $(SERVICE_TEST_BIN)
simulate: $(SIMULATE)
	$(SIMULATE) --seeds $(SEEDS) $(if $(SEED),--seed $(SEED) --verbose)
# Each deliberate fault must be found: by the seed known to find it, or with ALL=1 by going through them from 1.
teeth: $(SIMULATE) $(TEETH)
	BUILD=$(BUILD) $(PYTHON) tests/simulator/teeth.py $(if $(ALL),--all) $(FAULT)

SYSTEM_TESTS := $(sort $(wildcard tests/system/*_test.py))
check: DEPS = test
check: deps
	$(MAKE) --no-print-directory $(JOBS) all tests staging $(BUILD)/bin/tdv-nation
	tests/run.py "schemagen: $(PYTHON) tests/schemagen/test_schemagen.py" "rulegen: $(PYTHON) tests/rulegen/test_rulegen.py" $(UNIT_BIN) $(SERVICE_TEST_BIN) \
		$(FUZZ_TESTS) "fuzz generators: $(PYTHON) tests/fuzz/generators.py" "simulator: $(SIMULATE) --seeds $(SEEDS)" \
		"teeth: BUILD=$(BUILD) $(PYTHON) tests/simulator/teeth.py" \
		"races: $(SIMULATE) --pairs --seeds 4" "races on the way: $(SIMULATE) --midway --seeds 6" \
		$(foreach t,$(SYSTEM_TESTS),"$(t): BUILD=$(BUILD) $(PYTHON) $(t)")

# The installed system under a real systemd, in a container of its own; says why when that cannot be had here.
.PHONY: boot-check
boot-check: all $(MANUAL)
	BUILD=$(BUILD) $(PYTHON) tests/system/install_test.py --boot

# Real faults on the real daemons: each method's long form; FAULTS="kill power" chooses.  `make check` has the short forms.
FAULTS ?= $(filter-out driver disk,$(patsubst tests/faults/%.py,%,$(wildcard tests/faults/*.py)))
SYSTEM_TESTS += $(FAULTS:%=tests/faults/%.py)
FAULTS_PRELOAD := $(BUILD)/tests/faults/preload.so
$(FAULTS_PRELOAD): tests/faults/preload.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) -D_GNU_SOURCE -std=c17 -O2 -g $(WARN) -fPIC -shared -o $@ $< -ldl
tests: $(FAULTS_PRELOAD)
.PHONY: faults
faults: DEPS = test
faults: deps
	$(MAKE) --no-print-directory $(JOBS) all $(FAULTS_PRELOAD) $(if $(filter writes,$(FAULTS)),$(SERVICE_TEST_BIN))
	tests/run.py --aloud $(foreach f,$(FAULTS),"tests/faults/$(f).py --long: BUILD=$(BUILD) $(PYTHON) tests/faults/$(f).py --long")

# What the sanitizers run: all that works in one process.
sanitize: tests
	tests/run.py $(UNIT_BIN) $(SERVICE_TEST_BIN) $(FUZZ_TESTS) "simulator: $(SIMULATE) --seeds 5"

# Which lines and branches of handlers and runtime (tools/checks/gcovr.cfg) the tests reach: a table by file and by folder; in
# BUILD-coverage/report missing.txt, index.html and coverage.json.  What runs in one process first, then the real daemons (those
# that are killed leave no trace, those that end do).  Fails where fewer than COVERAGE_LEAST percent of the lines of either were
# reached.
COVERAGE_LEAST ?= 95
.PHONY: coverage coverage-run
coverage: DEPS = all
coverage: deps
	$(MAKE) --no-print-directory $(JOBS) COVERAGE=1 BUILD=$(BUILD)-coverage all tests staging $(BUILD)-coverage/bin/tdv-nation
	find $(BUILD)-coverage -name '*.gcda' -delete
	$(MAKE) --no-print-directory COVERAGE=1 BUILD=$(BUILD)-coverage coverage-run
	@mkdir -p $(BUILD)-coverage/report
	gcovr --config tools/checks/gcovr.cfg --root . --object-directory $(BUILD)-coverage --txt $(BUILD)-coverage/report/missing.txt \
		--json-summary $(BUILD)-coverage/report/coverage.json --html-details $(BUILD)-coverage/report/index.html
	$(PYTHON) tools/checks/coverage.py $(BUILD)-coverage/report/coverage.json $(COVERAGE_LEAST)
coverage-run:
	tests/run.py $(UNIT_BIN) $(SERVICE_TEST_BIN) $(FUZZ_TESTS) "simulator: $(SIMULATE) --seeds 20" \
		$(foreach t,$(SYSTEM_TESTS),"$(t): BUILD=$(BUILD) $(PYTHON) $(t)")

checks: all
	$(PYTHON) tools/schemagen/schemagen.py --check-lock schemas
	$(PYTHON) tools/checks/layers.py
	$(PYTHON) tools/checks/schema_use.py
	BUILD=$(BUILD) tools/checks/purity.sh
	$(PYTHON) tools/checks/life.py
	tools/checks/catalogue.sh
	tools/checks/sources.sh

# Linters, on what people wrote (generated code is the generator's business; the peers' clients want
# packages that only bench-peers installs).  cppcheck 2.10 cannot parse the macros of scene_delivery.h.
LINT_SRC := $(filter-out tools/schemagen/% tests/schemagen/% tools/bench/peer_%,$(LIB_SRC) $(wildcard services/*/*.c tools/*/*.c tests/*/*.c))
LINT_FLAGS := -std=c17 -D_GNU_SOURCE -Ilibshared -Iservices -I$(BUILD) -Itests -Itools -Itools/tdv -Itools/facility
lint: $(GEN)
	cppcheck --quiet -j2 --std=c11 --suppress=syntaxError:tests/service/delivery_*.c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppress=unknownMacro --suppress=incorrectStringBooleanError --suppress=varFuncNullUB -D_GNU_SOURCE -Ilibshared -Iservices -I$(BUILD) -Itools $(LINT_SRC)
	printf '%s\n' $(LINT_SRC) | xargs -P2 -n4 sh -c 'clang-tidy --quiet "$$@" -- $(LINT_FLAGS) 2>>$(BUILD)/clang-tidy.log' tidy

# Renews the lock and the golden bytes, on purpose (until release 0.1).
lock: $(BUILD)/tests/unit/message_golden
	$(PYTHON) tools/schemagen/schemagen.py --write-lock schemas
	$(BUILD)/tests/unit/message_golden --renew

.PHONY: help
help:
	@echo 'make demo     a whole commune through the card exchange, and every other case (KEEP=1 keeps ./demo, CHAPTER=name: one alone)'
	@echo 'make check    every test; make unit, service-tests, simulate [SEEDS=n] [SEED=n], teeth [FAULT=name] [ALL=1]: a part of them'
	@echo 'make install  with DESTDIR, prefix (/usr), sysconfdir (/etc); make boot-check: the result under a real systemd'
	@echo 'make          the daemons, tdv and its companions, into $(BUILD)/bin'
	@echo 'make bench    requests a second, latency, cost a request, and how they grow (SIZES="10000 1000000" SECONDS=n)'
	@echo 'make bench-peers   the same durable job beside PostgreSQL, Redis, RabbitMQ, NATS and the disk (SECONDS=n ROUNDS=n)'
	@echo 'make nation   the exchange of all cards of SCALE (1) of the country; tools/nation/curve.py: what a card costs as it grows'
	@echo 'make checks   schemas against their lock, layers, purity of handlers, house rules'
	@echo 'make lint     cppcheck and clang-tidy;  make sanitize SANITIZE=1 BUILD=build-asan: tests under ASan and UBSan'
	@echo 'make fuzz     libFuzzer over every parser (FUZZ_SECONDS=n each; KEEP=1 grows tests/fuzz/corpus); make fuzz-corpus: what is known'
	@echo 'make coverage lines and branches that the tests reach, of handlers and runtime'
	@echo 'make lock     renews the lock and golden bytes of the schemas, on purpose'
	@echo 'make faults   kills, power cuts and other real faults, in their long forms (FAULTS="kill power" chooses)'
	@echo 'make po       takes new messages into po/vi.po'
	@echo 'make deps     the Debian packages (DEPS=build, test or all)'

.PHONY: clean
clean:
	rm -rf $(BUILD)

.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
