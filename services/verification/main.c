#include "runtime/daemon.h"
#include "verification/verification.h"

int main(int argc, char **argv)
{
	return service_main(&verification_service, argc, argv);
}
