#include "inspection/inspection.h"
#include "runtime/daemon.h"

int main(int argc, char **argv)
{
	return service_main(&inspection_service, argc, argv);
}
