#include "printing/printing.h"
#include "runtime/daemon.h"

int main(int argc, char **argv)
{
	return service_main(&printing_service, argc, argv);
}
