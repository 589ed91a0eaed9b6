#include "message/quick.h"

uint8_t *quick_room(struct buffer *out, size_t size)
{
	if (out->failed || !out->data || size > out->capacity - out->size) {
		if (!buffer_extend(out, size))
			return NULL;
		out->size -= size;
	}
	return out->data + out->size;
}
