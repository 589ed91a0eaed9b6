#include "approval/approval.h"
#include "runtime/daemon.h"

int main(int argc, char **argv)
{
	return service_main(&approval_service, argc, argv);
}
