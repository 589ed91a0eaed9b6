// A service as a process: sockets, clocks, signals and systemd around an engine.
#ifndef TDV_RUNTIME_DAEMON_H
#define TDV_RUNTIME_DAEMON_H

#include "runtime/service.h"

// A daemon's whole main.  Options: --home DIR (or TDV_HOME), --settings FILE (HOME/tdv.conf), --help, --version.
// Exit status: 0 after a clean stop (SIGTERM, SIGINT); 1 after a fault of the environment, which was logged; 2
// for wrong arguments or settings; 3 when what is stored is damaged or does not fit this program, which no start mends.
int service_main(const struct service *service, int argc, char **argv);

#endif
