#include "delivery/delivery.h"
#include "runtime/daemon.h"

int main(int argc, char **argv)
{
	return service_main(&delivery_service, argc, argv);
}
