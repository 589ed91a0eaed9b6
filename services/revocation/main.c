#include "revocation/revocation.h"
#include "runtime/daemon.h"

int main(int argc, char **argv)
{
	return service_main(&revocation_service, argc, argv);
}
