// tdv-intake: the door to the network.
#include "intake/intake.h"
#include "runtime/daemon.h"

int main(int argc, char **argv)
{
	return service_main(&intake_service, argc, argv);
}
