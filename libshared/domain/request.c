#include "domain/request.h"

enum request_state request_state_at(enum list_stage stage)
{
	switch (stage) {
	case list_stage_arriving:
	case list_stage_verified:
	case list_stage_emptied:
		break;
	case list_stage_appraised:
		return request_state_appraised;
	case list_stage_consolidated:
		return request_state_consolidated;
	case list_stage_decided:
		return request_state_decided;
	case list_stage_approved:
		return request_state_approved;
	}
	return request_state_verified;
}
